"""Reading gold files strictly: every mistake is named by file and line, and one mistake stops the whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from echoloop.curate.scoring.gold import (
    GoldPicture,
    GoldPost,
    GoldSample,
    GoldScore,
    GoldThread,
    LabelledThread,
)
from echoloop.images import BadImage, measure
from echoloop.records import ImageRef, Mistake, NotAPostUrl, Post, canonical_url

_LISTED = 20
_LEAST_OF_A_HASH = 6


class _Wrong(ValueError):
    """What is wrong in one line."""


def read_gold(
    paths: Sequence[Path], known: Mapping[str, Post], put: Callable[[bytes], str]
) -> list[LabelledThread]:
    """Every conversation of the files. `known` are the posts of the workspace, `put` stores a picture and names it."""
    found: list[LabelledThread] = []
    wrong: list[str] = []
    owner: dict[str, str] = {}
    for path in paths:
        for number, line in _lines(path):
            where = f"{path.name}:{number}"
            try:
                one = _labelled(_decoded(line), path.parent, known, put)
                _claim(one, owner, where)
            except _Wrong as error:
                wrong.append(f"{where}: {error}")
            else:
                found.append(one)
    if wrong:
        more = f"\n  and {len(wrong) - _LISTED:,} more" if len(wrong) > _LISTED else ""
        raise Mistake(
            f"{len(wrong):,} lines of the gold cannot be used",
            where="\n  ".join(["", *wrong[:_LISTED]]).strip() + more,
            remedy="Put these lines right; docs/gold.md says what each field holds.",
        )
    if not found:
        raise Mistake("the gold files hold no conversation", where=", ".join(str(path) for path in paths))
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise Mistake("no such file", where=path, remedy="`echoloop curate sample-gold` makes one.") from None
    except UnicodeDecodeError as error:
        raise Mistake(f"this is not UTF-8 text ({error.reason})", where=path) from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _decoded(line: str) -> GoldThread:
    try:
        return msgspec.json.decode(line, type=GoldThread)
    except msgspec.DecodeError as error:
        raise _Wrong(str(error)) from None


def _claim(one: LabelledThread, owner: dict[str, str], where: str) -> None:
    for post in one.posts:
        earlier = owner.setdefault(post.url, where)
        if earlier != where:
            raise _Wrong(f"the post {post.url} is in {earlier} too: a post belongs to one conversation")


def _labelled(
    gold: GoldThread, folder: Path, known: Mapping[str, Post], put: Callable[[bytes], str]
) -> LabelledThread:
    posts = tuple(_post(post, folder, known, put) for post in gold.posts)
    if not posts:
        raise _Wrong("`posts` is empty")
    urls = {post.url for post in posts}
    if len(urls) < len(posts):
        raise _Wrong("a post stands in `posts` twice")
    bare = LabelledThread(thread=_url(gold.thread), posts=posts)
    relevance = None if gold.relevance is None else tuple(_score(one, urls) for one in gold.relevance)
    if relevance is not None and len({one.post for one in relevance}) < len(relevance):
        raise _Wrong("`relevance` names a post twice")
    samples = (
        None if gold.samples is None else tuple(_sample(one, urls, bare.pictures) for one in gold.samples)
    )
    return msgspec.structs.replace(bare, relevance=relevance, samples=samples)


def _post(post: GoldPost | str, folder: Path, known: Mapping[str, Post], put: Callable[[bytes], str]) -> Post:
    if isinstance(post, str):
        there = known.get(_url(post))
        if there is None:
            raise _Wrong(f"the post {post} is not in the workspace: collect it, or write it out")
        return there
    url = _url(post.url)
    there = known.get(url)
    if there is not None and there.text == post.text:
        return there  # what is asked about it is then what the pipeline asks, and is paid once
    return Post(
        url=url,
        platform=post.platform,
        text=post.text,
        created_at=post.created_at,
        author=post.author,
        language=post.language,
        found_by="keyword" if post.found else "expansion",
        replies_above=() if post.answers is None else (_url(post.answers),),
        images=tuple(_picture(picture, folder, put) for picture in post.pictures),
        source_posts=(url,),
    )


def _picture(picture: GoldPicture, folder: Path, put: Callable[[bytes], str]) -> ImageRef:
    if picture.absent:
        return ImageRef(sha256=None, alt=picture.alt, absence=picture.absent)
    if not picture.file:
        raise _Wrong(f"the picture {picture.sha256[:16]!r} is not in the workspace: name its `file`")
    try:
        data = (folder / picture.file).read_bytes()
        width, height, media_type = measure(data)
    except OSError as error:
        raise _Wrong(f"the picture {picture.file!r} cannot be read: {error.strerror}") from None
    except BadImage as error:
        raise _Wrong(f"{picture.file!r} is no picture: {error}") from None
    sha256 = put(data)
    if picture.sha256 and picture.sha256 != sha256:
        raise _Wrong(f"{picture.file!r} is another picture than {picture.sha256[:16]}")
    return ImageRef(sha256=sha256, alt=picture.alt, media_type=media_type, width=width, height=height)


def _score(one: GoldScore, urls: set[str]) -> GoldScore:
    if not 1 <= one.low <= one.high <= 5:
        raise _Wrong(f"the score {one.score} of {one.post} is not from 1 to 5, the lower first")
    return msgspec.structs.replace(one, post=_own(one.post, urls))


def _sample(one: GoldSample, urls: set[str], pictures: frozenset[str]) -> GoldSample:
    if not one.posts:
        raise _Wrong("a sample names no post")
    if (one.input_boxes or one.output_boxes) and one.screenshot is None:
        raise _Wrong("a sample has boxes and no `screenshot` that they are on")
    for box in (*one.input_boxes, *one.output_boxes):
        if not (0 <= box[0] < box[2] and 0 <= box[1] < box[3]):
            raise _Wrong(f"the box {list(box)} is not left, top, right, bottom")
    return msgspec.structs.replace(
        one,
        posts=tuple(_own(url, urls) for url in one.posts),
        inputs=tuple(_named(name, pictures) for name in one.inputs),
        outputs=tuple(_named(name, pictures) for name in one.outputs),
        screenshot=None if one.screenshot is None else _named(one.screenshot, pictures),
        feedback=tuple(_own(url, urls) for url in one.feedback),
    )


def _own(text: str, urls: set[str]) -> str:
    url = _url(text)
    if url not in urls:
        raise _Wrong(f"the post {text} is not in `posts`")
    return url


def _named(name: str, pictures: frozenset[str]) -> str:
    fitting = [one for one in pictures if one.startswith(name)] if len(name) >= _LEAST_OF_A_HASH else []
    if len(fitting) != 1:
        many = "fits several pictures" if fitting else "is no picture of these posts"
        raise _Wrong(f"{name!r} {many}: write the beginning of its hash")
    return fitting[0]


def _url(text: str) -> str:
    try:
        return canonical_url(text)
    except NotAPostUrl as error:
        raise _Wrong(f"{text[:80]!r} is no address of a post: {error}") from None
