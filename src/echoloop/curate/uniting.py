"""Samples of a conversation that was read in parts: what two readings tell is one sample, and nothing comes from context alone."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec

from echoloop.curate.conversations import Conversation
from echoloop.curate.folding import fold
from echoloop.records import Drop, Keep, Sample


class Found(NamedTuple):
    """A confirmed sample and the part of the conversation it was found in."""

    sample: Sample
    part: Conversation

    @property
    def on_own_posts(self) -> bool:
        """It names a post that this part was asked about, not only what stands above."""
        part = self.part
        return not part.context or any(url in part.own for url in self.sample.post_urls)


def settle(found: Sequence[Found]) -> Iterator[Keep[Sample] | Drop]:
    """Each sample once; what is Trash leaves here, when every reading has spoken."""
    united: list[Found] = []
    for one in found:
        home = next((at for at, other in enumerate(united) if _told_twice(other, one)), None)
        if home is not None:
            united[home] = _joined(united[home], one)
            yield _lost(one.sample, "the same sample again", f"in part {one.part.part} of {one.part.parts}")
        elif one.on_own_posts or one.sample.quality == "Trash":
            united.append(one)
        else:
            yield _lost(one.sample, "drawn from context alone", one.sample.prompt)
    seen: set[str] = set()
    for sample, _ in united:
        if sample.quality == "Trash":
            yield _lost(sample, "quality Trash", sample.quality_reason)
        elif sample.id in seen:
            yield _lost(sample, "the same sample again", sample.prompt)
        else:
            seen.add(sample.id)
            yield Keep(sample)


def sample_id(thread: str, prompt: str, urls: Sequence[str]) -> str:
    """The same words on the same posts are the same sample, whoever reads them."""
    return sha256(msgspec.json.encode([thread, fold(prompt), urls])).hexdigest()[:16]


def _told_twice(one: Found, other: Found) -> bool:
    """The same task on a shared first post, told in two parts. A part that does not see the prompt tells it without."""
    if one.part.part == other.part.part:
        return False
    first, second = one.sample, other.sample
    shared = first.post_urls[0] in second.post_urls or second.post_urls[0] in first.post_urls
    prompts = {fold(first.prompt), fold(second.prompt)}
    return shared and (len(prompts) == 1 or "" in prompts)


def _joined(first: Found, second: Found) -> Found:
    """What both say, under the words of the one that saw the prompt. The reading of its own posts may call it Trash."""
    one, other = first.sample, second.sample
    words = one if one.prompt or not other.prompt else other
    trash = one.quality == "Trash" or (second.on_own_posts and other.quality == "Trash")
    judged = (one if one.quality == "Trash" else other) if trash else words
    urls = tuple(dict.fromkeys((*one.post_urls, *other.post_urls)))
    said = {feedback.post_url: feedback for feedback in (*other.community_feedback, *one.community_feedback)}
    whole = msgspec.structs.replace(
        words,
        id=sample_id(one.thread, words.prompt, urls),
        post_urls=urls,
        quality=judged.quality,
        quality_reason=judged.quality_reason,
        community_feedback=tuple(said[url] for url in sorted(said)),
        language=one.language,
        created_at=one.created_at,
        receipts=tuple(dict.fromkeys((*one.receipts, *other.receipts))),
        source_posts=tuple(sorted({*one.source_posts, *other.source_posts})),
    )
    return Found(whole, first.part)


def _lost(sample: Sample, reason: str, detail: str) -> Drop:
    return Drop(key=sample.id, reason=reason, detail=detail[:300], source_posts=sample.source_posts)
