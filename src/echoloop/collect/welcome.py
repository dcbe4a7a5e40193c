"""Who does not come in again: posts that were forgotten, and people who asked to be left out."""

import msgspec

from echoloop.collect.aliases import Aliases
from echoloop.collect.sightings import Gone, Seen, Sighting


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """Asked of everything before it is kept, wherever it comes from."""

    forgotten: frozenset[str] = frozenset()
    silenced: frozenset[str] = frozenset()
    aliases: Aliases | None = None

    def __call__(self, seen: Seen) -> bool:
        """Whether it may come in."""
        if isinstance(seen, Sighting):
            if seen.post.url in self.forgotten or seen.post.author in self.silenced:
                return False
            return self.aliases is None or not self.aliases.mean(seen)
        return not isinstance(seen, Gone) or seen.url not in self.forgotten
