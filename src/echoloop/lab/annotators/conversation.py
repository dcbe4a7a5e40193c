"""A conversation as an annotator gets it, and who answers whom in it."""

import msgspec


class SeenPost(msgspec.Struct, frozen=True, kw_only=True):
    """One post of the data block; `context` marks one that another part of the conversation asks about."""

    url: str
    by: str = ""
    answers: str | None = None
    text: str = ""
    pictures: list[str] = []
    context: bool = False


class SeenConversation(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request about a whole conversation."""

    subject: str
    posts: list[SeenPost]
    missing_posts: int = 0
    part: int = 1

    def parents(self) -> list[int]:
        """For each post the place of the one it answers; -1 for none. A post never answers a later one."""
        places: dict[str, int] = {}
        found: list[int] = []
        for at, post in enumerate(self.posts):
            found.append(places.get(post.answers or "", -1))
            places.setdefault(post.url, at)
        return found

    def below(self, at: int) -> list[int]:
        """Every post in the branch under one, in reading order."""
        parents, branch = self.parents(), {at}
        for place in range(at + 1, len(self.posts)):
            if parents[place] in branch:
                branch.add(place)
        return sorted(branch - {at})
