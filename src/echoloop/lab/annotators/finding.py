"""Where in a post the words given to the model stand: known as a prompt, or set off as one."""

import re
from collections.abc import Iterator

import msgspec

from echoloop.lab.annotators.order_cues import order_said
from echoloop.lab.annotators.remarks import gives_orders, is_advert
from echoloop.lab.annotators.wording import cues, evened, weight
from echoloop.lab.scenes import fill, find_prompts, is_template

_QUOTED = re.compile(
    r"“([^”\n]+)”|«([^»\n]+)»|「([^」\n]+)」|『([^』\n]+)』|\"([^\"\n]+)\"|(?<!\w)'([^\n]+)'(?!\w)"
)
_CODE = re.compile(r"```[a-z]*[ \t]*\n(.+?)\n[ \t]*```", re.DOTALL)
_ADDRESS = re.compile(r"<?\**https?://\S+")
_BLANK = re.compile(r"\[[^\[\]\n]{1,24}\]")
_COLON = re.compile(r"[:：→⇒]|[-=]>")
_ENDS_OPEN = re.compile(r"(?:[:：→⇒]|[-=]>)[\s👇⬇️↓\"'`“«「『]*$")
_LEAD = cues(
    r"~prompts?~", r"~i (?:typed|wrote|entered|asked|said|used|gave|put|told|sent|requested)~",
    r"~asked (?:it )?(?:for|to)~", r"~typed~",
    r"~(?:my |the )?(?:request|instructions?|input text|query|exact words?|wording|text i used|words i used|message|command)~",
    r"~le (?:escribi|pedi|dije|puse|mande|di)~", r"~(?:escribi|pedi|puse)~",
    r"~(?:peticion|instruccion|orden|texto)", r"提示", r"咒语", r"指令", r"输入", r"我写", r"我说", r"要求",
    r"文字是", r"プロンプト", r"頼み", r"頼んだ", r"入力", r"指示", r"お願い", r"依頼", r"呪文", r"書いた",
    r"リクエスト", r"打ち込",
)  # fmt: skip
_PROMISE = cues(
    r"~prompts?~[^.!?\n]{0,30}(?:~below~|~repl(?:y|ies)~|~comments?~|~thread~|~next~|~first~|~underneath~|~under~|~down~|~follow)",
    r"(?:~below~|~repl(?:y|ies)~|~comments?~|~thread~|~next~)[^.!?\n]{0,30}~prompts?~",
    r"~prompt~[^.!?\n]{0,20}(?:abajo|respuesta|comentario|hilo|debajo|siguiente)",
    r"(?:abajo|respuesta|comentario|hilo|debajo)[^.!?\n]{0,25}~prompt~",
    r"(?:提示词|prompt|咒语|指令)[^。\n]{0,8}(?:评论|回复|下方|下面|楼下|下一|跟帖)",
    r"(?:评论|回复|下方|下面|楼下)[^。\n]{0,8}(?:提示词|prompt|咒语|指令)",
    r"(?:プロンプト|呪文|prompt)[^。\n]{0,8}(?:下|リプ|返信|コメント|続き|ツリー|次)",
    r"(?:下|リプ|返信|コメント|ツリー|次)[^。\n]{0,8}(?:プロンプト|呪文)", r"[👇⬇↓]",
)  # fmt: skip
_HEDGE = cues(
    r"~roughly~", r"~something like~", r"~more or less~",
    r"~(?:don't|do not|can't|cannot|no longer) (?:\w+ )?(?:remember|recall|find|have)~", r"~forgot",
    r"~lost~", r"~(?:started|began|starts|begins) with~", r"~approximately~", r"~along the lines~",
    r"~part of (?:the|my) prompt~", r"~didn't (?:save|keep|copy)~", r"~deleted (?:it|the prompt)~",
    r"~from memory~", r"~mas o menos~", r"~algo (?:asi )?como~",
    r"~no (?:lo )?(?:recuerdo|guarde|me acuerdo)~", r"~empezaba~", r"~creo que (?:era|decia|puse)~",
    r"~algo (?:asi|parecido)~", r"~parecido a~", r"~de memoria~", r"~aproximadamente~", r"~solo recuerdo~",
    r"~no encuentro~", r"~borre~", r"~approx", r"~or so~", r"~olvid", r"~perdi~", r"大概", r"好像", r"之类",
    r"记不", r"忘", r"差不多", r"类似", r"开头", r"左右", r"だいたい", r"みたいな", r"覚えて(?:い)?な",
    r"という感じ", r"忘れ", r"たしか", r"確か", r"うろ覚え", r"始まる", r"ような",
)  # fmt: skip
_CONTINUES = cues(
    r"(?<!\d)[12] ?/ ?[23](?!\d)", r"~continu", r"~rest (?:of it |of the prompt )?(?:in|is|below|follows)",
    r"~part (?:one|1|2)~", r"~cont\.?~", r"~sigue", r"~continua", r"~resto~", r"未完", r"待续", r"接下",
    r"下条", r"続き", r"続く", r"つづ", r"\.\.\.$",
)  # fmt: skip
_REUSES = cues(
    r"~(?:same|your|this|that|his|her|their|op'?s) prompts?~", r"~(?:tu|su|mismo|este|ese) prompt~",
    r"(?:你|您|同样|相同|楼主|这个)的?(?:提示词|prompt)", r"(?:同じ|あなたの|その|この)(?:プロンプト|prompt)",
    r"~prompt (?:as is|unchanged)~",
)  # fmt: skip
_CHANGES = cues(
    r"~chang", r"~tweak", r"~adjust", r"~modif", r"~edit", r"~small~", r"~twist~", r"~variation",
    r"~instead~", r"~swap", r"~replac", r"~cambi", r"~retoqu", r"改", r"换", r"调整", r"変え", r"変更",
    r"アレンジ", r"いじ", r"直し",
)  # fmt: skip
_INSTRUCTION = re.compile(r"\binstructions?\s*:", re.IGNORECASE)
_ELLIPSIS = re.compile(r"(?:…+|\.{2,})\s*$")
_PAIRS = (
    ("```", "```"),
    ("“", "”"),
    ("«", "»"),
    ("「", "」"),
    ("『", "』"),
    ('"', '"'),
    ("'", "'"),
    ("`", "`"),
)
_SLOT_VALUES = ("ball", "red", "A")
_FEWEST_WORDS = 3
_MOST_WORDS_BEFORE = 6
_MOST_CHARACTERS = 4_000


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a prompt as the post holds them. `sure`: they read as one; else only their place says so."""

    prompt: str
    sure: bool
    partial: bool = False


def find_prompt(text: str) -> Found | None:
    """The prompt that a post shares, or None."""
    shown = _ADDRESS.sub(" ", text[:_MOST_CHARACTERS])
    partial = _fragment(shown)
    if partial is not None:
        return partial
    for found in find_prompts(shown):
        return Found(prompt=shown[found.start : found.end].strip(), sure=True)
    template = _template(shown)
    if template is not None:
        return Found(prompt=template, sure=True)
    if _reuses(shown):
        return None
    for piece in _quotes(shown):
        cut = _ELLIPSIS.sub("", piece).strip()
        if cut != piece and weight(cut) >= _FEWEST_WORDS:
            return Found(prompt=cut, sure=False, partial=True)
    hedged = bool(_HEDGE.search(evened(shown)))
    for piece in _set_off(shown):
        if _reads_as_request(piece):
            return Found(prompt=piece, sure=False, partial=hedged)
    return None


def find_loosely(text: str) -> Found | None:
    """In a post of which nothing else is known to be a prompt: what comes after the colon of a short beginning."""
    for line in _ADDRESS.sub(" ", text[:_MOST_CHARACTERS]).split("\n"):
        colon = _COLON.search(line)
        if colon is None or weight(line[: colon.start()]) > _MOST_WORDS_BEFORE or gives_orders(line):
            continue
        piece = _unwrapped(line[colon.end() :].strip())
        if weight(piece) > _FEWEST_WORDS and _reads_as_request(piece) and order_said(line, "") is None:
            return Found(prompt=piece, sure=False)
    return None


def promises_prompt(text: str) -> bool:
    """It says that the prompt is somewhere below."""
    return bool(_PROMISE.search(evened(text)))


def has_blank(prompt: str) -> bool:
    """It leaves a word to others, in brackets."""
    return bool(_BLANK.search(prompt))


def announces(line: str) -> bool:
    """It ends open: what it speaks of comes after it."""
    return bool(_ENDS_OPEN.search(line.strip()))


def says_continued(text: str) -> bool:
    """It says that the rest follows in another post."""
    return bool(_CONTINUES.search(evened(text).strip()))


def whole_text(text: str) -> str:
    """A post that is nothing but a prompt, or the rest of one, without what stands around it."""
    return _unwrapped(text.strip())


def _reuses(text: str) -> bool:
    """It speaks of a prompt that is somebody else's and as it was."""
    said = evened(text)
    return bool(_REUSES.search(said)) and not _CHANGES.search(said)


def _fragment(text: str) -> Found | None:
    """As much of a prompt as its author remembers."""
    if not _HEDGE.search(evened(text)):
        return None
    for piece in _quotes(text):
        cut = _ELLIPSIS.sub("", piece)
        if cut != piece and weight(cut) >= 1:
            return Found(prompt=cut.strip(), sure=False, partial=True)
    return None


def _template(text: str) -> str | None:
    """A prompt with a blank: filled in for a moment, it reads as a prompt, and so its ends are known."""
    for line in text.split("\n"):
        if not _BLANK.search(line) or not is_template(line):
            continue
        for value in _SLOT_VALUES:
            try:
                filled = fill(line, value)
            except ValueError:
                continue
            for found in find_prompts(filled):
                end = found.end + len(line) - len(filled)
                if _BLANK.search(line[found.start : end]):
                    return line[found.start : end].strip()
    return None


def _set_off(text: str) -> Iterator[str]:
    """Pieces that stand where prompts stand, the surest place first."""
    for block in _CODE.findall(text):
        yield block.strip()
    lines = text.split("\n")
    after_lead = [piece for at in range(len(lines)) for piece in _after_lead(lines, at)]
    yield from (_unwrapped(piece) for piece in after_lead)
    yield from _quotes(text)


def _after_lead(lines: list[str], at: int) -> Iterator[str]:
    """What follows words that announce a prompt, on the same line or, after an open end, on the next."""
    line = lines[at]
    if _ENDS_OPEN.search(line):
        rest = [other.strip() for other in lines[at + 1 :] if other.strip()]
        if rest and not rest[0].startswith("```"):
            yield rest[0]
        return
    if gives_orders(_INSTRUCTION.sub(" ", line)):
        return
    for colon in _COLON.finditer(line):
        if _LEAD.search(evened(line[max(0, colon.start() - 40) : colon.start()])):
            yield line[colon.end() :].strip()
            return


def _quotes(text: str) -> list[str]:
    pieces = [next(part for part in found if part) for found in _QUOTED.findall(text)]
    return sorted((piece.strip() for piece in pieces), key=len, reverse=True)


def _unwrapped(piece: str) -> str:
    for left, right in _PAIRS:
        if piece.startswith(left) and piece.endswith(right) and len(piece) > len(left) + len(right):
            return piece[len(left) : -len(right)].strip()
    return piece


def _reads_as_request(piece: str) -> bool:
    """Long enough to be a task, and neither data, an advertisement nor an order to the reader."""
    if weight(piece) < _FEWEST_WORDS or piece.startswith(("{", "[{", "http")):
        return False
    return not is_advert(piece) and not gives_orders(piece)
