"""Which image model a text speaks of: the subject, or another."""

import re

from echoloop.lab.annotators.wording import bare, cues, evened

_CAMEL = re.compile(r"(?<![\w@#/.])[A-Z][a-z]+(?:[A-Z][a-z0-9]+)+(?!\w)")
_LATIN_NAME = re.compile(r"(?<![A-Za-z0-9@#/.])[A-Z][a-z]+[A-Za-z0-9]*(?: [A-Z][a-z]+[A-Za-z0-9]*)?")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_KNOWN = cues(
    r"~mid ?journey~", r"~dall[ .·-]?e~", r"~stable ?diffusion~", r"~firefly~", r"~ideogram~", r"~imagen \d",
    r"~leonardo ai~", r"~flux\.?1~", r"~nano ?banana~", r"~seedream~", r"~comfyui~",
)  # fmt: skip
_COMMON = frozenset({"prompt", "ai", "ok", "sns", "app", "chat", "dm", "ip", "url", "pc", "airdrop"})
_BEFORE = r"(?:\b(?:not|never|isn't|wasn't|without|instead of|rather than|no|sin|nunca|over|unlike)\b|n't\b)[^.!?\n]{0,24}"
_NOT_AFTER = r"[^.!?。\n]{0,8}(?:ではな|じゃな|でなく|ではありません|使って(?:い)?な|没|無関係|\bhad nothing to do|\bwas not involved)"
_NOT_WIDE = r"(?:不是|并非|不用|没用|没有用|而不是|而非|非)[^。\n]{0,6}"
_FIRST_TAKEN_BACK = cues(
    r"~oops~", r"~sorry~", r"~correction~", r"~to be clear~", r"~actually~", r"~wrong (?:tab|app|one|tool)~",
    r"~mistake~", r"~confess", r"~admit~", r"~edit:", r"~update:",
    r"~made (?:it |this |that )?(?:with|in|using|by)~", r"~is from~", r"~came from~", r"~aclar", r"~perdon~",
    r"~correccion~", r"~en realidad~", r"~me equivoque~", r"更正", r"纠正", r"其实", r"搞错", r"抱歉",
    r"说明一下", r"訂正", r"実は", r"間違え", r"すみません", r"ごめん",
)  # fmt: skip


def mentions(text: str, subject: str) -> bool:
    """The subject by name or by tag, however it is spaced and written."""
    return bool(_subject(subject).search(evened(text)))


def as_common_words(text: str, subject: str) -> bool:
    """The words of the subject's name in lower case and not as a tag: perhaps they only coincide."""
    if subject == subject.lower() or not mentions(text, subject):
        return False
    return subject not in text and not re.search(
        rf"#{re.escape(subject.replace(' ', ''))}", text, re.IGNORECASE
    )


def others(text: str, subject: str) -> list[str]:
    """Names of other products, as far as a reader can tell a name from a word."""
    shown = bare(text)
    known: list[str] = [found.group() for found in _KNOWN.finditer(evened(shown))]
    names: list[str] = _CAMEL.findall(shown)
    if _WIDE.search(shown):
        names += _LATIN_NAME.findall(shown)
    own = _squashed(subject)
    return known + [name for name in names if _is_other(_squashed(name), own)]


def denies(text: str, subject: str) -> bool:
    """It says that this is not the subject's work."""
    name = _subject(subject).pattern
    said = evened(text)
    return bool(
        re.search(f"{_BEFORE}(?:{name})", said)
        or re.search(f"{_NOT_WIDE}(?:{name})", said)
        or re.search(f"(?:{name}){_NOT_AFTER}", said)
    )


def by_another(text: str, subject: str) -> bool:
    """Another product is named, and the subject is denied, left out, or not named as what the picture was made with."""
    return bool(others(text, subject)) and (denies(text, subject) or not names_as_maker(text, subject))


def names_as_maker(text: str, subject: str) -> bool:
    """The subject is named as the maker: by the small words that go with a tool."""
    name = _subject(subject).pattern
    said = evened(bare(text))
    return bool(
        re.search(
            rf"\b(?:with|in|by|using|via|through|from|con|en|por|usando)\s+(?:the (?:new )?)?(?:{name})", said
        )
        or re.search(rf"(?:用|让|通过|使用|在)\s*(?:{name})", said)
        or re.search(rf"(?:{name})\s*(?:で|に|の画像|生成|做|画)", said)
        or re.search(rf"(?:{name})\s+(?:made|drew|did|gave|edited|painted|generated|just|me)\b", said)
    )


def taken_back(text: str, subject: str) -> bool:
    """An author's later words that another product made the picture."""
    if not others(text, subject):
        return False
    return denies(text, subject) or bool(_FIRST_TAKEN_BACK.search(evened(text)))


def _subject(subject: str) -> re.Pattern[str]:
    words = [re.escape(word) for word in evened(subject).split()]
    return re.compile(r"[\s_-]*".join(words))


def _squashed(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _is_other(name: str, own: str) -> bool:
    return name not in _COMMON and name not in own and own not in name
