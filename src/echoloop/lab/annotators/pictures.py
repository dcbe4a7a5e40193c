"""The pictures of a task: what went in, what came out, what fills a blank, what is a page of pictures."""

from collections.abc import Sequence
from itertools import permutations

import msgspec

from echoloop.lab.annotators.blanks import completed
from echoloop.lab.annotators.order_cues import order_said, role_said
from echoloop.lab.annotators.sight import Sight
from echoloop.lab.scenes import EditRequest, check, facts, is_template, understand

_MOST_ARRANGED = 5
_SAID, _ORDER_SAID, _USUAL = 0.3, 0.2, 0.05


class ShownPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post of the task."""

    url: str
    text: str = ""


class ShownPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered picture of the task."""

    id: int
    post_url: str = ""
    alt: str = ""


class PicturesQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request about pictures."""

    subject: str
    prompt: str
    posts: list[ShownPost] = []
    pictures: list[ShownPicture] = []


class PictureGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One time the task was carried out."""

    inputs: list[int] = []
    outputs: list[int] = []
    post_urls: list[str] = []


class FilledBlank(msgspec.Struct, frozen=True, kw_only=True):
    """One way a blank was filled."""

    prompt: str
    inputs: list[int] = []
    outputs: list[int] = []
    post_urls: list[str] = []


class SortedPictures(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    groups: list[PictureGroup] = []
    completions: list[FilledBlank] = []
    conversation: int | None = None


class _Seen(msgspec.Struct, frozen=True):
    """A picture with what is seen in it."""

    picture: ShownPicture
    sight: Sight


def sort_pictures(question: PicturesQuestion, sights: Sequence[Sight]) -> SortedPictures:
    """`sights` are in the order of the question's pictures."""
    seen = [_Seen(picture, sight) for picture, sight in zip(question.pictures, sights, strict=False)]
    page = next((one.picture.id for one in seen if one.sight.screen is not None), None)
    plain = [one for one in seen if one.sight.reading is not None]
    if is_template(question.prompt):
        return SortedPictures(completions=_completions(question, plain), conversation=page)
    request = understand(question.prompt)
    if isinstance(request, EditRequest):
        return SortedPictures(groups=_edits(question, request, plain), conversation=page)
    if request is None and _tells_edit(question, plain):
        return SortedPictures(groups=_by_words(question, plain), conversation=page)
    return SortedPictures(groups=_outputs_only(plain), conversation=page)


def _outputs_only(plain: Sequence[_Seen]) -> list[PictureGroup]:
    if not plain:
        return []
    urls = dict.fromkeys(one.picture.post_url for one in plain)
    return [PictureGroup(outputs=[one.picture.id for one in plain], post_urls=list(urls))]


def _completions(question: PicturesQuestion, plain: Sequence[_Seen]) -> list[FilledBlank]:
    texts = {post.url: post.text for post in question.posts}
    root = question.posts[0].url if question.posts else ""
    found: dict[str, FilledBlank] = {}
    for one in plain:
        reading, url = one.sight.reading, one.picture.post_url
        if reading is None:
            continue
        prompt = completed(question.prompt, reading, "" if url == root else texts.get(url, ""))
        if prompt is None:
            continue
        before = found.get(prompt)
        if before is not None and url in before.post_urls:
            found[prompt] = msgspec.structs.replace(before, outputs=[*before.outputs, one.picture.id])
        elif before is None:
            urls = list(dict.fromkeys((url, root)))
            found[prompt] = FilledBlank(prompt=prompt, outputs=[one.picture.id], post_urls=urls)
    return list(found.values())


def _edits(question: PicturesQuestion, request: EditRequest, plain: Sequence[_Seen]) -> list[PictureGroup]:
    """Post by post; a post with too few pictures adds results to what others started from."""
    groups: list[PictureGroup] = []
    further: list[_Seen] = []
    for url, members in _by_post(plain).items():
        if len(members) <= request.inputs:
            further += members
            continue
        inputs, outputs = _arranged(question, request, members)
        groups.append(PictureGroup(inputs=inputs, outputs=outputs, post_urls=[url]))
    if not groups:
        return _outputs_only(further)
    more = [one.picture.id for one in further]
    urls = dict.fromkeys((*groups[0].post_urls, *(one.picture.post_url for one in further)))
    groups[0] = msgspec.structs.replace(groups[0], outputs=[*groups[0].outputs, *more], post_urls=list(urls))
    return groups


def _arranged(
    question: PicturesQuestion, request: EditRequest, members: Sequence[_Seen]
) -> tuple[list[int], list[int]]:
    """The arrangement that pixels and words together speak for most."""
    text = next((post.text for post in question.posts if post.url == members[0].picture.post_url), "")
    said = order_said(text.replace(question.prompt, "\n"), question.subject)
    places = range(min(len(members), _MOST_ARRANGED))

    def score(chosen: tuple[int, ...]) -> float:
        rest = [at for at in range(len(members)) if at not in chosen]
        agreed = sum(_agrees(members[at], "input") for at in chosen) + sum(
            _agrees(members[at], "output") for at in rest
        )
        first = chosen == tuple(range(len(chosen)))
        last = min(chosen) > max(rest)
        ordered = (said == "inputs first" and first) or (said == "outputs first" and last)
        return (
            _share_held(request, [members[at] for at in chosen], [members[at] for at in rest])
            + _SAID * agreed / len(members)
            + _ORDER_SAID * ordered
            + _USUAL * first
        )

    chosen = max(permutations(places, request.inputs), key=score)
    rest = [at for at in range(len(members)) if at not in chosen]
    return [members[at].picture.id for at in chosen], [members[at].picture.id for at in rest]


def _share_held(request: EditRequest, inputs: Sequence[_Seen], outputs: Sequence[_Seen]) -> float:
    """The share of the request's facts that the outputs show, given these inputs."""
    before = [one.sight.reading for one in inputs if one.sight.reading is not None]
    claims = facts(request, before)
    held = [sum(check(claims, one.sight.reading)) for one in outputs if one.sight.reading is not None]
    return sum(held) / (len(held) * len(claims)) if held and claims else 0.0


def _agrees(one: _Seen, role: str) -> int:
    said = role_said(one.picture.alt)
    return 0 if said is None else 1 if said == role else -1


def _tells_edit(question: PicturesQuestion, plain: Sequence[_Seen]) -> bool:
    """Words that name both sides, for a prompt that is not understood."""
    roles = {role_said(one.picture.alt) for one in plain}
    texts = [post.text.replace(question.prompt, "\n") for post in question.posts]
    return {"input", "output"} <= roles or any(order_said(text, question.subject) for text in texts)


def _by_words(question: PicturesQuestion, plain: Sequence[_Seen]) -> list[PictureGroup]:
    """Each picture as its description says, or else in the order that the post gives."""
    texts = {post.url: post.text for post in question.posts}
    groups: list[PictureGroup] = []
    for url, members in _by_post(plain).items():
        roles = [role_said(one.picture.alt) for one in members]
        said = order_said(texts.get(url, ""), question.subject)
        if len(members) > 1 and not any(roles):
            lone = len(members) - 1 if said == "outputs first" else 0
            roles = ["input" if at == lone else "output" for at in range(len(members))]
        ids = [one.picture.id for one in members]
        inputs = [number for number, role in zip(ids, roles, strict=True) if role == "input"]
        outputs = [number for number in ids if number not in inputs]
        groups.append(PictureGroup(inputs=inputs, outputs=outputs, post_urls=[url]))
    return groups


def _by_post(plain: Sequence[_Seen]) -> dict[str, list[_Seen]]:
    posts: dict[str, list[_Seen]] = {}
    for one in plain:
        posts.setdefault(one.picture.post_url, []).append(one)
    return posts
