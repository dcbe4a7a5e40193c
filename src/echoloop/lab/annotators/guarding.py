"""What must not go into a public benchmark: hazards in words, and lettering that stands for indecency."""

from collections.abc import Sequence

from echoloop.lab.annotators.sight import Sight
from echoloop.lab.annotators.wording import cues, evened

_MAKE = r"(?:~build|~make|~making|~construct|~assemble|~create|~craft|construi|fabrica|hacer|~montar|制造|制作|造|做|自制|作る|作り|製造|組み立て|自作)"
_HAZARDS = (
    ("S1", cues(
        r"~(?:hurt|harm|injure|kill|murder|attack|stab|poison|beat up|torture|assault)", r"~violen", r"matar",
        r"herir", r"lastimar", r"atacar", r"hacer dano", r"asesin", r"伤害", r"杀", r"攻击", r"殴打", r"暴力",
        r"傷つけ", r"殺", r"襲", r"暴力",
    )),
    ("S2", cues(
        r"~(?:steal|rob|robbing|stealing|shoplift|pickpocket|counterfeit|forge|launder|smuggle|hot-?wire|burgl|break into|scam|hack)",
        r"~fraud", r"robar", r"hurtar", r"estafa", r"falsific", r"contraband", r"偷", r"盗", r"抢劫", r"伪造",
        r"诈骗", r"洗钱", r"盗む", r"盗み", r"強盗", r"偽造", r"詐欺",
    )),
    ("S9", cues(
        rf"{_MAKE}.*(?:~weapon|~gun|~bomb|~explosive|~grenade|~rifle|~pistol|~arma|bomba|explosiv|武器|炸弹|枪|爆炸|爆弾|銃|爆発)",
        r"(?:~weapon|~guns?~|~bombs?~|~explosive|~armas?~|bomba|explosiv|武器|炸弹|枪支|爆弾|銃).*(?:~at home~|~homemade~|~diy~|caser|~en casa~|自制|作り方|作る方法|制作方法)",
        r"~(?:nerve agent|sarin|anthrax|dirty bomb)~",
    )),
    ("S10", cues(r"~(?:ethnic cleansing|racial slur|hate speech)~", r"discurso de odio", r"仇恨言论", r"ヘイトスピーチ")),
    ("S11", cues(r"~suicid", r"~self-?harm", r"自杀", r"自残", r"自殺", r"自傷")),
    ("S12", cues(r"~nsfw~", r"~nud(?:e|es|ity)~", r"~porn", r"~naked~", r"desnud", r"裸", r"色情", r"ヌード", r"ポルノ", r"わいせつ")),
)  # fmt: skip
_INDECENT_LETTERING = frozenset({"NSFW", "XXX", "R18", "PORN", "NUDE", "NUDES"})
_INDECENT = "S12"


def hazards_in(text: str, sights: Sequence[Sight]) -> list[str]:
    """Codes of the hazards found, in order."""
    said = evened(text)
    found = {code for code, pattern in _HAZARDS if pattern.search(said)}
    lettering = {seen.word for sight in sights if sight.reading for seen in sight.reading.words}
    written = evened(" ".join(sight.screen.text for sight in sights if sight.screen))
    found |= {code for code, pattern in _HAZARDS if pattern.search(written)}
    if lettering & _INDECENT_LETTERING:
        found.add(_INDECENT)
    return sorted(found, key=lambda code: int(code[1:]))


def verdict(codes: Sequence[str]) -> str:
    """In the words a guard answers with."""
    return f"unsafe\n{','.join(codes)}" if codes else "safe"
