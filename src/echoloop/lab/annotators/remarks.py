"""What a remark says of a picture: praise, a named fault, a way round it, a question to the model, or nothing."""

import re
from typing import Literal

import msgspec

from echoloop.lab.annotators.wording import bare, cues, evened

RemarkPolarity = Literal["success", "failure", "neither"]
RemarkKind = Literal["opinion", "solution", "exploration"]
_LONGEST = 2_000


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A remark on a result; `keyword` names the fault of a failure."""

    polarity: RemarkPolarity
    keyword: str = ""
    kind: RemarkKind = "opinion"


# In this order: the first fault whose words are there names the remark.
_FAULTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "yellow tint",
        cues(
            r"~yellow", r"~sepia~", r"~amber~", r"~(?:too|so|very) warm~",
            r"~warm(?:er)? (?:cast|tint|tone|filter|light)", r"~(?:colou?r )?(?:tint|cast|tinge)~",
            r"~orange(?:y| tint| cast| filter)", r"~golden (?:tint|cast|filter)", r"~jaundice", r"amarill",
            r"~sepia", r"~calid[oa]", r"黄", r"暖色", r"偏暖", r"太暖", r"セピア", r"暖かすぎ",
        ),
    ),
    (
        "bad spelling",
        cues(
            r"spell", r"~typos?~", r"~letters?~", r"~gibberish~", r"~words?~", r"~lettering~", r"~captions?~",
            r"~alphabet~", r"~writing~", r"~garbled~", r"~scrambled~", r"~nonsense~", r"~illegible~",
            r"~text~.*~(?:wrong|broken|garbled|off|mess)", r"~(?:wrong|broken|garbled) text~",
            r"~that'?s not (?:a|the|how) .*word~", r"~wrote~", r"~written~", r"ortograf", r"~letras?~",
            r"escrit[oa]", r"~deletre", r"~errata", r"拼", r"错字", r"错别字", r"字母", r"写错", r"字写",
            r"文字.*(?:错|乱)", r"字.{0,3}不对", r"単語", r"綴", r"つづり", r"スペル", r"誤字", r"脱字",
            r"文字.*(?:違|間違|おかし|変|崩)", r"字が",
        ),
    ),
    (
        "wrong count",
        cues(
            r"~count", r"~(?:wrong|different|right|correct) (?:number|amount|quantity)~",
            r"~number (?:of|is)~", r"~how many~",
            r"~one (?:too many|too few|more|less|extra|short|missing|off)~", r"~too (?:many|few)~",
            r"~an? extra~", r"~miscount", r"~not enough~",
            r"~(?:instead of|not) (?:one|two|three|four|five|six|\d)~", r"~quantity~", r"~contar~",
            r"~numeros?~", r"~cuant[oa]s~", r"~cont[oe]~", r"~faltan~",
            r"~hay (?:mas|menos|demasiad|un[oa]?|dos|tres|cuatro|cinco)~",
            r"~(?:un[oa]|dos|tres|cuatro|cinco|seis) (?:en vez|en lugar)", r"matematic", r"~maths?~",
            r"~arithmetic~", r"~duplicate", r"~(?:one|two|three|four|five|six) instead of~", r"~missing one~",
            r"~(?:one|two) (?:is|are) missing~", r"~cuent[ao]~", r"~numero~", r"~cantidad~", r"~sobra",
            r"~falta un[ao]?~", r"~de (?:mas|menos)~", r"数量", r"个数", r"数目", r"数数", r"数错", r"多了",
            r"少了", r"几个", r"数が", r"数え", r"個数", r"(?:多|少な)すぎ", r"足りない",
            r"(?:一つ|ひとつ|1つ|一個)(?:多|少|余)", r"余計に",
        ),
    ),
    (
        "face changed",
        cues(
            r"~faces?~", r"~facial~", r"~(?:someone|somebody) else~",
            r"~(?:another|different|same) (?:person|man|woman|guy|girl)~", r"~identity~", r"~person~",
            r"~likeness~", r"~look(?:s)? nothing like~", r"~caras?~", r"~rostro~",
            r"~(?:otra|misma) persona~", r"~parece otr[oa]", r"脸", r"换了(?:个)?人", r"另一个人",
            r"同一个人", r"面孔", r"长相", r"顔", r"別人", r"別の人", r"人物が", r"本人",
        ),
    ),
    (
        "cropped",
        cues(
            r"~crop", r"~cut (?:\w+ )?off~", r"~cuts? (?:the|it|my)", r"~cut at~", r"~chopped~", r"~edges?~",
            r"~out of frame~", r"~trimmed~", r"~cuts?~", r"~sliced~", r"~incomplete~", r"~truncat",
            r"~the frame~", r"~(?:whole|full|entire) (?:picture|image|thing)~",
            r"~(?:does not|doesn't|did not|didn't) fit~",
            r"~(?:half|rest|bottom|top|sides?|corner|part|piece)~.*~(?:gone|missing|lost|outside|where)~",
            r"~(?:gone|missing|lost|outside|where)~.*~(?:half|rest|bottom|sides?|corner|part|piece)~",
            r"~missing (?:part|piece|half|bottom)",
            r"~(?:bottom|half|part|rest) (?:\w+ )?(?:is|of it) (?:gone|missing)~", r"~cortad", r"~recort",
            r"~corta~", r"~borde", r"~falta (?:la parte|un trozo|un pedazo|la mitad)", r"裁", r"切掉",
            r"截掉", r"截断", r"不完整", r"少了一(?:块|截)", r"切れ", r"切り取", r"見切れ", r"はみ出",
            r"トリミング", r"欠けて",
        ),
    ),
    (
        "layout moved",
        cues(
            r"~layout~", r"~positions?~", r"~moved?~", r"~shift", r"~rearrang",
            r"~(?:another|wrong|different|other) (?:place|spot|side)~", r"~places?~", r"~swapped~",
            r"~elsewhere~", r"~composition~", r"~sitio~", r"~lugar~", r"posicion", r"~movi[od]", r"desplaz",
            r"~disposicion~", r"位置", r"布局", r"移", r"挪", r"构图", r"配置", r"ずれ", r"動い", r"構図",
            r"場所", r"レイアウト",
        ),
    ),
    (
        "wrong colour",
        cues(r"~colou?r", r"~hue~", r"~shade~", r"~color(?:es)?~", r"颜色", r"配色", r"变色", r"色"),
    ),
)  # fmt: skip
_PRAISE = cues(
    r"~amaz", r"~lov(?:e|es|ely|ing)~", r"~perfect", r"~beaut", r"~gorgeous", r"~stunning",
    r"~(?:great|awesome|excellent)~", r"~impress", r"~incredib",
    r"~(?:so|very|really|pretty|how|looks) (?:good|nice|cool|pretty|clean)~", r"~nice~", r"~cool~",
    r"~brilliant~", r"~wonder", r"~fantastic", r"~well done~", r"~nail(?:s|ed)",
    r"~exactly (?:what|as|like|right)~", r"~spot on~", r"~wow+~", r"~whoa~", r"~best~", r"~flawless",
    r"~superb", r"~magnific", r"~good (?:job|one|work|result)~", r"~not bad~", r"~on point~",
    r"~every detail~", r"~outstanding", r"~adorable~", r"~delightful", r"~masterpiece", r"~neat~", r"~10/10~",
    r"~(?:as|just as|what) (?:asked|ordered|requested)~", r"~blown away~", r"~happy with~",
    r"~follows? (?:the )?(?:prompt|instructions)", r"increibl", r"encanta", r"~bonit", r"~perfect",
    r"~genial", r"hermos", r"precios[oa]", r"excelente", r"maravill", r"~bell[oa]s?~", r"espectacular",
    r"~me gusta", r"buen (?:trabajo|resultado)", r"~que bien", r"justo lo que", r"~clavo~", r"~lo clava",
    r"~mola", r"棒", r"好看", r"完美", r"漂亮", r"厉害", r"喜欢", r"赞", r"不错", r"惊艳", r"真好", r"很好",
    r"太好", r"好美", r"太美", r"真美", r"牛", r"惊喜", r"绝了", r"优秀", r"精致", r"到位", r"一模一样",
    r"すご", r"凄", r"きれい", r"綺麗", r"キレイ", r"完璧", r"素晴", r"すばらし", r"最高", r"好き", r"いいね",
    r"いい感じ", r"感動", r"上手", r"うまい", r"かわい", r"可愛", r"神", r"素敵", r"見事",
    r"(?:指示|注文|期待|思い|イメージ)(?:どおり|通り|以上)", r"よくでき", r"よく出来", r"文句なし",
    r"びっくり", r"驚", r"気に入", r"嬉し", r"クオリティ", r"天才", r"良すぎ", r"良い", r"良く", r"やば",
    r"さすが", r"ばっちり", r"バッチリ", r"ぴったり", r"ピッタリ", r"言うことな", r"上出来", r"お見事",
    r"優秀", r"惚れ", r"とてもいい", r"いい(?:ですね|なあ|！|!|。|$)", r"そのまま再現", r"美し",
    "[😍❤🔥🤩💯👌✨👏🥰💖💕♥👍🙌🤯]",
)  # fmt: skip
_BLAME = cues(
    r"~wrong~", r"~bad~", r"~ruin", r"~can'?t~", r"~cannot~", r"n't~", r"~not~", r"~why~", r"~fail",
    r"~terribl", r"~awful", r"~ugly~", r"~mistake", r"~too~", r"~worse~", r"~annoying~", r"~disappoint",
    r"~horribl", r"~broke", r"~weird~", r"~another~", r"~instead~", r"~no longer~", r"~never~", r"~anymore~",
    r"~shame~", r"~pity~", r"~hate~", r"~fix~", r"~but~", r"~mal~", r"~error", r"~ya no~",
    r"~no (?:es|son|era|sabe|me gusta)~", r"~demasiad", r"~por que~", r"~fe[oa]~", r"~pero~", r"~lastima~",
    r"不对", r"错", r"坏", r"为什么", r"怎么", r"太[黄暖]", r"难看", r"丑", r"不好", r"可惜", r"但", r"違",
    r"間違", r"ない", r"なぜ", r"なんで", r"おかし", r"だめ", r"ダメ", r"ひど", r"残念", r"すぎ",
    "[😩😕🙄😡👎😞😢🤦]",
)  # fmt: skip
_SOLUTION = cues(
    r"~fix(?:ed)?(?: for (?:this|that|me))?\s*:", r"~fix is~", r"~work-?around", r"~(?:pro[ -]?)?tips?~",
    r"~tricks?~", r"~what (?:works|worked|helps|helped)~",
    r"~(?:works|worked|helps|helped|solved|fixed) (?:it )?for me~",
    r"~try (?:adding|to|a|asking|again|using|starting|writing|with)~", r"~(?:start|open) a (?:new|fresh)",
    r"~(?:add|put|append) [\"“'].*~(?:end|start|prompt)~", r"~you (?:can|could|have to|should) ",
    r"~solution~", r"~solv(?:e|es|ed)~", r"~the problem (?:goes|went)~",
    r"~if you (?:ask|write|add|say|tell|start)~", r"~helps~", r"soluci", r"~truco", r"~consejo",
    r"~prueba (?:a|con)~", r"~abre un", r"~a mi me funciona", r"~se arregla", r"解决", r"技巧", r"办法",
    r"窍门", r"试试", r"建议", r"加上.*就", r"就好了", r"重新开", r"可以先", r"対処", r"コツ", r"試してみて",
    r"直り", r"直る", r"解決", r"おすすめ", r"回避", r"裏技", r"と良い", r"といい(?:です|よ)", r"うまくいく",
)  # fmt: skip
_EXPLORATION = cues(
    r"~(?:i|we)(?: \w+)? ask(?:ed)? (?!for|it (?:for|to draw))",
    r"~ask(?:ed|ing)? (?:it|the model|the ai|the bot|itself|directly|lab)~(?! for)", r"~when i ask~",
    r"~(?:told|tells|explain(?:ed|s)?|admit(?:ted|s)?|claims?|claimed|replied|says?|said) (?:me )?(?:that )?it(?:self)?~",
    r"~it (?:said|says|told|answered|replied|explained|admitted|apologi[sz]ed|blamed|claims)~",
    r"~why it (?:does|did|draws|drew|makes|made)~", r"pregunt", r"~consult", r"~segun (?:el modelo|la ia)~",
    r"~(?:el modelo|la ia) (?:me )?(?:dice|dijo|responde|admit|reconoc|explic|contest)",
    r"~cuando le (?:pido|digo)~", r"~le (?:dije|pedi)~.*~que (?:me )?(?:explic|describ|di(?:ga|jera))",
    r"~me (?:dijo|respondio|contesto|explico)~", r"问(?:了|过)?(?:一下)?(?:模型|它|ai|她|他)", r"我问",
    r"它(?:说|回答|解释)", r"聞い(?:た|て)", r"尋ね", r"質問し", r"訊い",
    r"(?:と|って)(?:言われた|答え|返って|説明)",
)  # fmt: skip
_NEUTRAL = cues(
    r"~styles?~", r"~look~", r"~(?:draws|drawn|drew|paints|renders)~", r"~interesting~", r"~different~",
    r"~so (?:that|this)'?s?~", r"~curious", r"~similar~", r"~variation", r"~version~", r"~result~", r"estilo",
    r"~dibuj", r"interesante", r"~asi que~", r"distint", r"~diferente", r"~curios", r"风格", r"原来",
    r"有意思", r"画法", r"画风", r"不同", r"不一样", r"画風", r"なるほど", r"雰囲気", r"タッチ", r"作風",
    r"こうなる", r"描き方",
)  # fmt: skip
_ADVERT = cues(
    r"~crypto", r"~airdrop", r"~giveaway", r"~link in (?:my )?bio~", r"~promo~", r"~(?:free )?coins?~",
    r"~wallet~", r"~followers~", r"~my (?:channel|profile)~", r"~cripto", r"~canal~", r"币", r"抽奖",
    r"暗号資産", r"仮想通貨", r"プレゼント企画", r"~earn~", r"~discount", r"~casino~", r"~forex~", r"~nfts?~",
    r"~tokens? (?:sale|launch|live)", r"~win (?:an?|up|\$|\d|free|big|prizes?)~", r"~prizes?~",
    r"~passive income~", r"~work from home~", r"~investment", r"~profits?~", r"~sign up (?:now|here|today)~",
    r"~limited (?:time|offer)~", r"~coupon", r"~bonus~", r"~raffle~", r"~bitcoin",
    r"~gana (?:dinero|\d|un|premios)", r"sorteo", r"~descuento", r"~enlace en (?:mi|la) (?:bio|perfil)",
    r"加群", r"私信", r"优惠", r"红包", r"赚钱", r"中奖", r"免费领", r"比特", r"当たる", r"稼", r"儲",
    r"副業", r"割引", r"ビットコイン", r"~telegram~", r"~whatsapp~", r"~dm me~", r"~click~", "[💸💰🎁🚀]",
)  # fmt: skip
_ORDERS = cues(
    r"~ignore (?:the|all|any|every|previous|what|your)", r"~(?:system|assistant|user)\s*:",
    r"~instructions?\s*:", r"~new instructions?~", r"~disregard~", r"~mark (?:everything|all|this|every)",
    r"\"(?:samples|quality|prompt|score|post_urls)\"\s*:", r"~score every~", r"</?\w+>",
    r"~(?:is|are) (?:all )?(?:trash|benchmark)~", r"~end of task~", r"~you are now~",
    r"忽略(?:以上|上面|之前)", r"(?:上|前)の指示を無視して",
)  # fmt: skip


def read_remark(text: str) -> Remark | None:
    """What these words say of a result; None where they say nothing of it."""
    if len(text) > _LONGEST:
        return None
    said = evened(bare(text))
    if is_advert(text) or gives_orders(text):
        return None
    if _EXPLORATION.search(said):
        return Remark(polarity="neither", kind="exploration")
    if _SOLUTION.search(said):
        return Remark(polarity="neither", kind="solution")
    praises, blames = bool(_PRAISE.search(said)), bool(_BLAME.search(said))
    fault = fault_in(text)
    if fault and (blames or not praises):
        return Remark(polarity="failure", keyword=fault)
    if praises:
        return Remark(polarity="success")
    if _NEUTRAL.search(said):
        return Remark(polarity="neither")
    return None


def fault_in(text: str) -> str:
    """The fault that these words name; empty where they name none that is known here."""
    said = evened(bare(text))
    return next((name for name, pattern in _FAULTS if pattern.search(said)), "")


def words_for(text: str, fault: str) -> str:
    """The one or two words of the text itself that name this fault; empty where it takes more, or other than Latin letters."""
    said = evened(bare(text))
    found = next((pattern.search(said) for name, pattern in _FAULTS if name == fault), None)
    if found is None:
        return ""
    start, end = found.span()
    while start and said[start - 1].isalpha():
        start -= 1
    while end < len(said) and said[end].isalpha():
        end += 1
    words = said[start:end].split()
    plain = " ".join(words)
    return plain if 0 < len(words) <= 2 and plain.isascii() and fault_in(plain) == fault else ""


def is_advert(text: str) -> bool:
    """Advertising, as far as its words give it away."""
    return bool(_ADVERT.search(evened(text)))


def gives_orders(text: str) -> bool:
    """Words that speak to whoever reads the thread as a machine; they are no part of any conversation."""
    return bool(_ORDERS.search(evened(text)))


def without_orders(text: str) -> str:
    """The text without the lines that speak to the reader as a machine."""
    return "\n".join(line for line in text.split("\n") if not gives_orders(line))
