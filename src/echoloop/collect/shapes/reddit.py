"""Reddit: listings, comment pages, `morechildren`, and single things as dumps hold them -> sightings."""

import re
from datetime import datetime

import msgspec

from echoloop.collect.shapes.decoding import Mended, Unreadable, decode
from echoloop.collect.shapes.reddit_entries import (
    Afterwards,
    Comment,
    Envelope,
    Listing,
    Stub,
    Submission,
    Thing,
)
from echoloop.collect.shapes.reddit_pictures import submission_pictures, text_pictures
from echoloop.collect.shapes.values import from_epoch, possible_count, unescaped
from echoloop.collect.sightings import Gone, GoneReason, Occasion, Seen, Sighting, Skipped
from echoloop.records import Engagement, Post

_ID = re.compile(r"[a-z0-9]{1,16}")
_DELETED = frozenset({"[deleted]", "[deleted by user]"})
_REMOVED = frozenset({"[removed]", "[unavailable]"})
_REMOVED_BY_REDDIT = "[ Removed by Reddit"
_BY_THE_AUTHOR = frozenset({"deleted", "author"})


class More(msgspec.Struct, frozen=True, kw_only=True):
    """Comments that a page left out. Ids are bare, without `t1_` and `t3_`; `parent` is a comment, or `link_id` itself.

    Without children it is a "continue this thread": the page of `parent` shows them. `link_id` is empty where the page does not say it.
    """

    link_id: str
    parent: str
    children: tuple[str, ...] = ()
    count: int = 0
    depth: int = 0


class RedditPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a listing or a comment page showed, what it left out, and where the next page begins."""

    seen: list[Seen]
    more: tuple[More, ...] = ()
    after: str | None = None


def post_url(link_id: str, comment_id: str = "") -> str:
    """The canonical URL of a submission, or of a comment on it; ids with or without their prefix."""
    link = f"https://reddit.com/comments/{_bare(link_id)}"
    return f"{link}/_/{_bare(comment_id)}" if comment_id else link


def read_listing(body: bytes, occasion: Occasion, where: str, mended: Mended | None = None) -> RedditPage:
    """A page of a search or of `/api/info`."""
    return read_comments_page(body, occasion, where, mended)


def read_comments_page(
    body: bytes, occasion: Occasion, where: str, mended: Mended | None = None
) -> RedditPage:
    """A submission with its comments, a listing, or the answer of `morechildren`: comments in reading order."""
    mended = mended or Mended()
    seen: list[Seen] = []
    more: list[More] = []
    try:
        things, after = _things_of(body, mended)
    except Unreadable as error:
        return RedditPage(seen=[Skipped(where=where, reason=error.reason, detail=error.detail)])
    link_id = ""
    number = 0
    waiting = things[::-1]
    while waiting:
        raw = waiting.pop()
        number += 1
        place = f"{where}, thing {number}"
        try:
            thing = decode(raw, msgspec.json.Decoder(Thing), mended)
            if thing.kind == "Listing":
                waiting += _children(raw, mended)[::-1]
            elif thing.kind == "more":
                stub = decode(thing.data, msgspec.json.Decoder(Stub), mended)
                more.append(_more(stub, link_id))
            elif thing.kind == "t1":
                comment = decode(thing.data, msgspec.json.Decoder(Comment), mended)
                link_id = _bare(comment.link_id)
                seen.append(_comment(comment, occasion, place, mended))
                waiting += _children(comment.replies, mended)[::-1]
            elif thing.kind == "t3":
                found = read_submission(thing.data, occasion, place, mended)
                link_id = next((one.native for one in found if isinstance(one, Sighting)), link_id)
                seen += found
            else:
                seen.append(_skipped(place, f"a thing of the kind {thing.kind[:20]!r}"))
        except Unreadable as error:
            seen.append(Skipped(where=place, reason=error.reason, detail=error.detail))
    return RedditPage(seen=seen, more=tuple(more), after=after)


def read_submission(
    thing: bytes | msgspec.Raw, occasion: Occasion, where: str, mended: Mended | None = None
) -> list[Seen]:
    """A submission; one that was cross-posted brings the original with it."""
    mended = mended or Mended()
    try:
        submission = decode(thing, msgspec.json.Decoder(Submission), mended)
    except Unreadable as error:
        return [Skipped(where=where, reason=error.reason, detail=error.detail)]
    along = msgspec.structs.replace(occasion, keywords=(), found_by="expansion")
    seen = [_submission(submission, occasion, where, mended)]
    for raw in (submission.crosspost_parent_list or ())[:1]:
        try:
            original = decode(raw, msgspec.json.Decoder(Submission), mended)
            seen.append(_submission(original, along, f"{where}, cross-posted", mended))
        except Unreadable as error:
            seen.append(Skipped(where=f"{where}, cross-posted", reason=error.reason, detail=error.detail))
    return seen


def read_comment(
    thing: bytes | msgspec.Raw, occasion: Occasion, where: str, mended: Mended | None = None
) -> list[Seen]:
    """A single comment, without the answers below it."""
    mended = mended or Mended()
    try:
        comment = decode(thing, msgspec.json.Decoder(Comment), mended)
    except Unreadable as error:
        return [Skipped(where=where, reason=error.reason, detail=error.detail)]
    return [_comment(comment, occasion, where, mended)]


def _things_of(body: bytes, mended: Mended) -> tuple[list[msgspec.Raw], str | None]:
    start = body.lstrip()[:1]
    if start == b"[":
        return decode(body, msgspec.json.Decoder(list[msgspec.Raw]), mended), None
    try:
        children = decode(body, msgspec.json.Decoder(Listing), mended).data
    except Unreadable as error:
        if error.reason != "not a post in this format":
            raise
        children = decode(body, msgspec.json.Decoder(Envelope), mended).json.data
    return children.children or children.things, children.after


def _children(listing: msgspec.Raw, mended: Mended) -> list[msgspec.Raw]:
    """The answers below a comment; where there are none Reddit writes an empty text."""
    if bytes(memoryview(listing)[:1]) != b"{":
        return []
    return decode(listing, msgspec.json.Decoder(Listing), mended).data.children


def _more(stub: Stub, link_id: str) -> More:
    if stub.parent_id.startswith("t3_"):
        link_id = _bare(stub.parent_id)
    return More(
        link_id=link_id,
        parent=_bare(stub.parent_id),
        children=tuple(child for child in map(_bare, stub.children) if _ID.fullmatch(child)),
        count=stub.count,
        depth=stub.depth,
    )


def _submission(post: Submission, occasion: Occasion, where: str, mended: Mended) -> Seen:
    native = _bare(post.id)
    if not _ID.fullmatch(native):
        return _skipped(where, f"no id of a submission: {post.id[:40]!r}")
    url = post_url(native)
    seen_at = _seen_at(post.retrieved_on, post.afterwards, occasion)
    gone = _gone(post.selftext, post.afterwards, post.removed_by_category) or _gone(post.title, None)
    if gone:
        return Gone(url=url, reason=gone, noticed_at=seen_at)
    if post.title is None:
        return _skipped(where, f"the submission {native} has no title")
    text = "\n\n".join(unescaped(part) for part in (post.title, post.selftext) if part)
    crossposted = _bare(post.crosspost_parent or "")
    return Sighting(
        post=Post(
            url=url,
            platform="reddit",
            text=text,
            created_at=from_epoch(post.created_utc),
            edited_at=_edited(post.edited),
            author=_author(post.author, post.author_fullname, occasion),
            keywords=occasion.keywords,
            found_by=occasion.found_by,
            quotes=(post_url(crossposted),) if _ID.fullmatch(crossposted) else (),
            images=submission_pictures(post, post.selftext or "", mended),
            engagement=Engagement(
                likes=None if post.hide_score else _score(post.score, mended),
                views=possible_count(post.view_count, mended),
                reposts=possible_count(post.num_crossposts, mended),
            ),
            source_posts=(url,),
        ),
        seen_at=seen_at,
        native=native,
        conversation=native,
    )


def _comment(comment: Comment, occasion: Occasion, where: str, mended: Mended) -> Seen:
    native, link = _bare(comment.id), _bare(comment.link_id)
    if not _ID.fullmatch(native) or not _ID.fullmatch(link):
        return _skipped(where, f"no ids of a comment: {comment.id[:40]!r} on {comment.link_id[:40]!r}")
    url = post_url(link, native)
    above = _above(comment.parent_id, link)
    seen_at = _seen_at(comment.retrieved_on, comment.afterwards, occasion)
    gone = _gone(comment.body, comment.afterwards)
    if gone:
        return Gone(url=url, reason=gone, noticed_at=seen_at, replies_above=above)
    if comment.body is None:
        return _skipped(where, f"the comment {native} has no text")
    return Sighting(
        post=Post(
            url=url,
            platform="reddit",
            text=unescaped(comment.body),
            created_at=from_epoch(comment.created_utc),
            edited_at=_edited(comment.edited),
            author=_author(comment.author, comment.author_fullname, occasion),
            keywords=occasion.keywords,
            found_by=occasion.found_by,
            replies_above=above,
            images=text_pictures(comment.body, comment.media_metadata, mended),
            engagement=Engagement(likes=None if comment.score_hidden else _score(comment.score, mended)),
            source_posts=(url,),
        ),
        seen_at=seen_at,
        native=native,
        conversation=link,
    )


def _above(parent: str | int | None, link: str) -> tuple[str, ...]:
    """What a comment answers. Old dumps give a bare number, or nothing: then nobody knows."""
    if not isinstance(parent, str) or not _ID.fullmatch(bare := _bare(parent)):
        return ()
    return (post_url(bare),) if parent.startswith("t3_") else (post_url(link, bare),)


def _gone(
    text: str | None, afterwards: Afterwards | None, removed_by: str | None = None
) -> GoneReason | None:
    trimmed = (text or "").strip()
    if trimmed in _REMOVED or trimmed.startswith(_REMOVED_BY_REDDIT):
        return "removed"
    if removed_by:
        return "deleted" if removed_by in _BY_THE_AUTHOR else "removed"
    if trimmed in _DELETED:
        return "deleted"
    if afterwards and afterwards.was_deleted_later:
        return "deleted" if (afterwards.removal_type or "deleted") in _BY_THE_AUTHOR else "removed"
    return None


def _seen_at(
    retrieved: float | str | None, afterwards: Afterwards | None, occasion: Occasion
) -> datetime | None:
    again = afterwards.retrieved_2nd_on if afterwards else None
    return from_epoch(again) or from_epoch(retrieved) or occasion.at


def _edited(edited: bool | float | None) -> datetime | None:
    return None if edited is None or isinstance(edited, bool) else from_epoch(edited)


def _author(handle: str | None, native: str | None, occasion: Occasion) -> str | None:
    """The account may be gone while its posts stay."""
    if not handle or handle in _DELETED or handle in _REMOVED:
        return occasion.name_author("reddit", "", native) if native else None
    return occasion.name_author("reddit", handle, native or "")


def _score(score: int | None, mended: Mended) -> int | None:
    """Ups less downs. Below zero it says nothing of how many liked it."""
    return None if score is None or score < 0 else possible_count(score, mended)


def _bare(name: str) -> str:
    kind, _, rest = name.partition("_")
    return (rest if kind in ("t1", "t3") and rest else name).lower()


def _skipped(where: str, detail: str) -> Skipped:
    return Skipped(where=where, reason="not a post in this format", detail=detail)
