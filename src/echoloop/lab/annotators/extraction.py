"""A conversation to its tasks: who asked for what, which posts show it, and what people said of it."""

from typing import Literal

import msgspec

from echoloop.lab.annotators.conversation import SeenConversation, SeenPost
from echoloop.lab.annotators.finding import (
    Found,
    announces,
    find_loosely,
    find_prompt,
    has_blank,
    promises_prompt,
    says_continued,
    whole_text,
)
from echoloop.lab.annotators.products import by_another, mentions, taken_back
from echoloop.lab.annotators.remarks import is_advert, read_remark, without_orders
from echoloop.lab.annotators.talk import shows_chat, speaks_of_pictures
from echoloop.lab.annotators.wording import weight, without_tag_lines
from echoloop.lab.scenes import understand

TaskQuality = Literal["Benchmark", "Analysis", "Trash"]
_FEWEST_WORDS = 4


class SaidOf(msgspec.Struct, frozen=True, kw_only=True):
    """What one post says of a result."""

    post_url: str
    feedback: str


class FoundSample(msgspec.Struct, frozen=True, kw_only=True):
    """One task of the answer."""

    prompt: str
    prompt_modified: bool = False
    post_urls: list[str]
    quality: TaskQuality
    quality_reason: str = ""
    community_feedback: list[SaidOf] = []


class Extraction(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    samples: list[FoundSample]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a task and the posts that hold them; `prompt` is empty where no post does."""

    prompt: str = ""
    posts: tuple[int, ...] = ()
    modified: bool = False
    quality: TaskQuality = "Benchmark"
    reason: str = "one complete task"


class _Draft:
    """A sample while the conversation is being read."""

    def __init__(self, words: Words, first: int) -> None:
        self.words = words
        self.first = first
        self.posts = [first, *(at for at in words.posts if at != first)]
        self.feedback: list[SaidOf] = []
        self.quality: TaskQuality = words.quality
        self.reason = words.reason

    def spoil(self, reason: str) -> None:
        self.quality, self.reason = "Trash", reason


def extract(conversation: SeenConversation) -> Extraction:
    """Read the posts in order; each starts a task, belongs to the one above it, or says something of it."""
    reader = _Reader(conversation)
    for at in range(len(conversation.posts)):
        reader.take(at)
    samples = [_sample(draft, conversation.posts) for draft in reader.drafts if reader.is_new(draft)]
    if not samples and conversation.part == 1:
        samples = [_sample(_Draft(Words(quality="Trash", reason="no task"), 0), conversation.posts)]
    return Extraction(samples=samples)


class _Reader:
    def __init__(self, conversation: SeenConversation) -> None:
        self.drafts: list[_Draft] = []
        self._all = conversation
        self._posts = conversation.posts
        self._parents = conversation.parents()
        self._found = [find_prompt(post.text) for post in conversation.posts]
        self._owner: list[_Draft | None] = []

    def take(self, at: int) -> None:
        """Decide what the next post is."""
        above = self._owner[self._parents[at]] if self._parents[at] >= 0 else None
        holder = next((draft for draft in self.drafts if at in draft.posts), None)
        if holder is not None:
            self._own(at, holder)
        elif self._posts[at].pictures:
            self._own(at, self._of_pictures(at, above))
        elif above is None:
            self._own(at, self._of_words(at))
        else:
            self._own(at, self._of_reply(at, above))

    def is_new(self, draft: _Draft) -> bool:
        """It says more than what stands in posts that another part of the conversation asks about."""
        context = {post.url for post in self._posts if post.context}
        draft.feedback = [said for said in draft.feedback if said.post_url not in context]
        return bool(draft.feedback) or any(not self._posts[at].context for at in draft.posts)

    def _own(self, at: int, draft: _Draft | None) -> None:
        self._owner.append(draft)

    def _start(self, words: Words, at: int) -> _Draft:
        draft = _Draft(words, at)
        self.drafts.append(draft)
        return draft

    def _of_pictures(self, at: int, above: _Draft | None) -> _Draft:
        post, found, subject = self._posts[at], self._shared(at, above), self._all.subject
        if (
            above is not None
            and by_another(post.text, subject)
            and not (found and mentions(post.text, subject))
        ):
            return self._start(Words(quality="Trash", reason="another product made the picture"), at)
        if above is not None and (found is None or _same(found.prompt, above.words.prompt)):
            above.posts.append(at)
            if not has_blank(above.words.prompt):
                above.feedback += self._own_words(at, "")
            return above
        if found is not None:
            draft = self._start(_words_of(found, at), at)
        else:
            draft = self._start(self._words_below(at), at)
        outside = without_orders(
            post.text.replace(draft.words.prompt, " ") if draft.words.prompt else post.text
        )
        if by_another(outside, subject):
            draft.spoil("another product made the picture")
        elif is_advert(outside):
            draft.spoil("advertising")
        elif not has_blank(draft.words.prompt):
            draft.feedback += self._own_words(at, draft.words.prompt)
        return draft

    def _shared(self, at: int, above: _Draft | None) -> Found | None:
        """The prompt that a post with pictures brings; under another task, what looks like a remark is one."""
        found, text = self._found[at], self._posts[at].text
        if above is None and (found is None or not (found.sure or found.partial)):
            if promises_prompt(text) or self._sure_below(at):
                return None
            return found or find_loosely(text)
        if (
            above is not None
            and found is not None
            and not found.sure
            and read_remark(found.prompt) is not None
        ):
            return None
        return found

    def _of_words(self, at: int) -> _Draft | None:
        """A post without pictures that starts something: a task in words, or an opinion on the subject's pictures."""
        post, found, subject = self._posts[at], self._found[at], self._all.subject
        if found is not None and found.sure:
            return self._start(_words_of(found, at), at)
        if (
            not mentions(post.text, subject)
            or is_advert(post.text)
            or not speaks_of_pictures(post.text, subject)
        ):
            return None
        remark = read_remark(post.text)
        if remark is None or remark.polarity == "neither":
            return None
        draft = self._start(Words(quality="Analysis", reason="an opinion, no task"), at)
        draft.feedback.append(SaidOf(post_url=post.url, feedback=without_tag_lines(post.text)))
        return draft

    def _of_reply(self, at: int, above: _Draft) -> _Draft:
        post, found = self._posts[at], self._found[at]
        if post.by == self._posts[above.first].by and taken_back(post.text, self._all.subject):
            above.spoil("its author says that another product made it")
            above.posts.append(at)
        elif found is not None and found.sure and not _same(found.prompt, above.words.prompt):
            return self._start(_words_of(found, at), at)
        elif read_remark(post.text) is not None:
            above.feedback.append(SaidOf(post_url=post.url, feedback=without_tag_lines(post.text)))
        return above

    def _own_words(self, at: int, prompt: str) -> list[SaidOf]:
        """A complaint in the post that shows the picture; its praise is how people begin."""
        text = self._posts[at].text
        for line in (text.replace(prompt, "\n") if prompt else text).split("\n"):
            remark = read_remark(line)
            if remark is None or remark.polarity != "failure" or promises_prompt(line):
                continue
            if not announces(line):
                return [SaidOf(post_url=self._posts[at].url, feedback=line.strip())]
        return []

    def _words_below(self, at: int) -> Words:
        """Look for the prompt in what the same person says under the picture."""
        own = [
            place
            for place in self._all.below(at)
            if self._posts[place].by == self._posts[at].by and not self._posts[place].pictures
        ]
        for place in own:
            found = self._found[place] or self._continued(place)
            if found is not None and not found.partial:
                return self._with_rest(found, place, own)
        promised = promises_prompt(self._posts[at].text)
        whole = whole_text(self._posts[own[0]].text) if promised and own else ""
        if self._could_be_prompt(whole):
            return Words(prompt=whole, posts=(own[0],))
        if promised or self._all.missing_posts:
            return Words(quality="Analysis", reason="the prompt is not there")
        if shows_chat(self._posts[at].text) or len(self._posts[at].pictures) == 1:
            return Words(reason="perhaps the picture holds the prompt")
        return Words(quality="Analysis", reason="pictures without a prompt")

    def _sure_below(self, at: int) -> bool:
        """The same person gives a prompt, without a picture, further down."""
        below = [place for place in self._all.below(at) if self._posts[place].by == self._posts[at].by]
        found = [self._found[place] for place in below if not self._posts[place].pictures]
        return any(one is not None and one.sure for one in found)

    def _could_be_prompt(self, text: str) -> bool:
        if weight(text) < _FEWEST_WORDS:
            return False
        return read_remark(text) is None and not taken_back(text, self._all.subject)

    def _continued(self, place: int) -> Found | None:
        """A post that says it goes on holds the first part of a prompt, however it is set off."""
        lines = [line for line in self._posts[place].text.split("\n") if line.strip()]
        kept = [line for line in lines if not says_continued(line)]
        if len(kept) == len(lines) or not kept:
            return None
        return Found(prompt=whole_text(kept[-1]), sure=False)

    def _with_rest(self, found: Found, place: int, own: list[int]) -> Words:
        """The prompt, joined with the next post of the same person where only both together make one."""
        if not found.sure:
            for after in own:
                if self._parents[after] != place:
                    continue
                rest = whole_text(without_tag_lines(self._posts[after].text))
                whole = f"{found.prompt} {rest}"
                if understand(whole) is not None or says_continued(self._posts[place].text):
                    return Words(prompt=whole, posts=(place, after), modified=True)
        return _words_of(found, place)


def _words_of(found: Found, at: int) -> Words:
    if found.partial:
        return Words(prompt=found.prompt, posts=(at,), quality="Analysis", reason="only a part of the prompt")
    return Words(prompt=found.prompt, posts=(at,))


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()).rstrip(".。") == " ".join(other.casefold().split()).rstrip(".。")


def _sample(draft: _Draft, posts: list[SeenPost]) -> FoundSample:
    return FoundSample(
        prompt=draft.words.prompt,
        prompt_modified=draft.words.modified,
        post_urls=[posts[at].url for at in draft.posts],
        quality=draft.quality,
        quality_reason=draft.reason,
        community_feedback=draft.feedback,
    )
