"""Which of a post's pictures went in and which came out, as far as words say."""

import re
from typing import Literal

from echoloop.lab.annotators.wording import cues, evened

Order = Literal["inputs first", "outputs first"]
Role = Literal["input", "output"]
_INPUT = cues(
    r"~originals?~", r"~before~", r"~inputs?~", r"~references?~", r"~source~", r"~upload",
    r"~(?:my|own) (?:photo|picture|image|pic)~", r"~went in~", r"~antes~", r"~entrada~", r"~referencias?~",
    r"~mi (?:foto|imagen)~", r"~subi~", r"原图", r"之前", r"前(?=\s*[/→>|])", r"(?<=[/→>|])\s*前", r"参考",
    r"上传", r"元画像", r"元の", r"元写真", r"ビフォー", r"参考", r"入力", r"オリジナル", r"加工前",
    r"編集前",
)  # fmt: skip
_OUTPUT = cues(
    r"~results?~", r"~after~", r"~edit~", r"~edited~", r"~outputs?~", r"~i got~", r"~final~", r"~generated~",
    r"~came out~", r"~made~", r"~gave~", r"~despues~", r"~resultado~", r"~edicion~", r"~salida~",
    r"~editada~", r"结果", r"之后", r"后(?=\s*[/→>|])", r"(?<=[/→>|])\s*后", r"成品", r"生成", r"成果",
    r"修改后", r"结果", r"結果", r"アフター", r"出力", r"完成", r"加工後", r"編集後", r"仕上がり",
)  # fmt: skip
_SEQUENCE = cues(
    r"~(?:1st|2nd|3rd|first|second|third|last|left|right|then|top|bottom|one|two)~", r"[/|→>+]",
    r"~(?:primer|segund|ultim|tercer|izquierd|derech|luego|despues)", r"第", r"前", r"先", r"后", r"左",
    r"右", r"枚目", r"最初", r"最後", r"次",
)  # fmt: skip
_SENTENCE = re.compile(r"[\n!?。！？]|\.(?:\s|$)")


def order_said(text: str, subject: str) -> Order | None:
    """The order in which a sentence names what went in and what came out."""
    name = r"\s+".join(re.escape(word) for word in evened(subject).split())
    named = re.sub(name, " output ", evened(text)) if name else evened(text)
    for sentence in _joined_halves(named):
        goes_in, comes_out = _INPUT.search(sentence), _OUTPUT.search(sentence)
        if goes_in and comes_out and _SEQUENCE.search(sentence):
            return "inputs first" if goes_in.start() < comes_out.start() else "outputs first"
    return None


def role_said(alt: str) -> Role | None:
    """What a picture's own description calls it."""
    said = evened(alt)
    goes_in, comes_out = bool(_INPUT.search(said)), bool(_OUTPUT.search(said))
    if goes_in == comes_out:
        return None
    return "input" if goes_in else "output"


def _joined_halves(text: str) -> list[str]:
    """Lines first, since "Left: original. Right: the result." is said in two sentences, then sentences."""
    return [*text.split("\n"), *_SENTENCE.split(text)]
