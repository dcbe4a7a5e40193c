"""How surely a found post is about pictures by the subject."""

import re

import msgspec

from echoloop.lab.annotators.finding import find_prompt, promises_prompt
from echoloop.lab.annotators.products import as_common_words, by_another, mentions
from echoloop.lab.annotators.remarks import is_advert, read_remark, without_orders
from echoloop.lab.annotators.talk import speaks_of_pictures
from echoloop.lab.annotators.wording import bare, cues, evened

_PICTURES = cues(
    r"~images?~", r"~pictures?~", r"~pics?~", r"~photos?~", r"~illustrat", r"~draw(?:s|n|ing|ings)?~",
    r"~drew~", r"~paint(?:s|ed|ing|ings)?~", r"~edit(?:s|ed|ing)?~", r"~generat", r"~render", r"~prompts?~",
    r"~sketch", r"~artwork", r"~poster", r"~visuals?~", r"~portrait", r"imagen", r"~foto", r"~dibuj",
    r"~edit(?:o|ar|e)", r"ilustra", r"~pint[aoe]", r"~genera", r"图", r"画", r"照片", r"修", r"提示词",
    r"生成", r"画像", r"絵", r"イラスト", r"描", r"生成", r"編集", r"プロンプト", r"写真", r"加工",
)  # fmt: skip
_MADE = cues(
    r"~made~",
    r"~did this~",
    r"~gave me~",
    r"~chat~",
    r"~conversation~",
    r"~screenshot",
    r"~answered me~",
    r"hecho",
    r"~hice~",
    r"做的",
    r"作",
)
_BUSINESS = cues(
    r"~funding~", r"~invest", r"~login~", r"~log ?in~", r"~sign ?in~", r"~subscri", r"~pric(?:e|es|ing)~",
    r"~hiring~", r"~hires?~", r"~jobs?~", r"~app~", r"~password", r"~support~", r"~court~", r"~lawsuit~",
    r"~sued?~", r"~terms~", r"~servers?~", r"~region~", r"~down (?:again|for|today)~", r"~outage",
    r"~offline~", r"~office", r"~ceo~", r"~founder", r"~compan(?:y|ies)~", r"~shares?~ (?:rise|fall|price)",
    r"~revenue", r"~acqui", r"~employees~", r"~billing~", r"~invoice", r"~account~", r"~update~",
    r"~version \d", r"~conference~", r"~partner", r"~privacy~", r"~api~", r"~users~", r"inversion",
    r"empresa", r"~precio", r"~sube de", r"contrasena", r"servidor", r"suscrip", r"demanda", r"oficina",
    r"~mi cuenta~", r"iniciar sesion", r"融资", r"登录", r"登不", r"公司", r"涨价", r"价格", r"订阅",
    r"服务器", r"招聘", r"宕机", r"裁员", r"上市", r"会员", r"资金", r"資金", r"会社", r"落ち", r"値上げ",
    r"料金", r"採用", r"障害", r"ログイン", r"サーバ", r"発表", r"上場", r"訴訟",
)  # fmt: skip
_ARTICLE = r"\b(?:an?|the|our|my|your|his|her|their|this|that|some|every|each|un|una|el|la|los|las|mi|su|nuestro|wanted|hire|chocolate|black|yellow) "


class FoundPost(msgspec.Struct, frozen=True, kw_only=True):
    """The post of a request about relevance."""

    text: str = ""
    pictures: int = 0
    picture_descriptions: list[str] = []


class RelevanceQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request about relevance."""

    subject: str
    post: FoundPost


class Relevance(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    score: int
    note: str = ""


def score_relevance(question: RelevanceQuestion) -> Relevance:
    """Weigh who is named, whether pictures are spoken of or shown, and what speaks against it."""
    text, subject = question.post.text, question.subject
    if is_advert(_without_prompt(text)):
        return Relevance(score=1, note="It is advertising.")
    if by_another(_without_prompt(text), subject):
        return Relevance(score=1, note="It says that another product made the picture.")
    shows = question.post.pictures > 0
    prompt = find_prompt(text) is not None or promises_prompt(text)
    if not mentions(text, subject):
        return _without_name(text, subject, shows, prompt)
    said = evened(bare(text))
    if shows:
        return Relevance(score=5)
    if as_common_words(text, subject) and _coincides(said, subject, prompt):
        return Relevance(score=1, note="The words of the name coincide.")
    if prompt:
        return Relevance(score=5)
    remark = read_remark(text)
    if remark is not None and remark.polarity != "neither" and speaks_of_pictures(text, subject):
        return Relevance(score=5)
    if _BUSINESS.search(said):
        return Relevance(score=2, note="It is about the product, not about pictures.")
    if _PICTURES.search(_without_name_words(said, subject)):
        return Relevance(score=5)
    if _MADE.search(said):
        return Relevance(score=4)
    return Relevance(score=2, note="It says nothing of pictures.")


def _without_name(text: str, subject: str, shows: bool, prompt: bool) -> Relevance:
    if shows and prompt:
        return Relevance(score=4, note="")
    if shows and _PICTURES.search(evened(bare(text))):
        return Relevance(score=4)
    if shows or prompt:
        return Relevance(score=3, note="It does not name the product.")
    return Relevance(score=1, note="It neither names the product nor shows a picture.")


def _coincides(said: str, subject: str, prompt: bool) -> bool:
    """The name as two ordinary words: with an article before it, or with no word about making pictures by it."""
    name = r"\s+".join(re.escape(word) for word in evened(subject).split())
    if re.search(f"{_ARTICLE}(?:\\w+ )?{name}", said):
        return True
    return not prompt and not speaks_of_pictures(said, subject)


def _without_name_words(said: str, subject: str) -> str:
    name = r"[\s_-]*".join(re.escape(word) for word in evened(subject).split())
    return re.sub(name, " ", said)


def _without_prompt(text: str) -> str:
    """A prompt may ask for coins and rockets, and an order to the reader may speak of anything."""
    found = find_prompt(text)
    kept = text.replace(found.prompt, " ") if found else text
    return without_orders(kept)
