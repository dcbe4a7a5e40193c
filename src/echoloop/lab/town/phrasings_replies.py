"""The open book's replies: praise, complaints of each kind of fault, and small talk."""

from collections.abc import Mapping

from echoloop.lab.town.phrasebook import Wordings
from echoloop.lab.town.truth import Defect

COMPLAINTS: Mapping[Defect, Wordings] = {
    "yellow tint": {
        "en": (
            "Why is everything so yellow?",
            "that yellow tint again 😩",
            "the yellow cast ruins it",
            "Looks like someone spilled tea on it, way too yellow",
            "too warm, the white is yellow",
        ),
        "es": ("¿Por qué sale todo tan amarillo?", "otra vez ese tono amarillo"),
        "zh": ("怎么这么黄？", "又偏黄了"),
        "ja": ("なんでこんなに黄色いの？", "また黄ばんでる"),
    },
    "wrong count": {
        "en": (
            "That is the wrong number of things",
            "count them again, it is one off",
            "It still can't count 🙄",
            "you asked for a different number, no?",
        ),
        "es": ("No sabe contar, el número está mal", "la cantidad no es correcta"),
        "zh": ("数量不对", "它不会数数"),
        "ja": ("数が違う", "数えられないみたい"),
    },
    "bad spelling": {
        "en": (
            "The word is misspelled",
            "it can't spell 😂",
            "look at the letters, there is a typo",
            "spelling is wrong again",
        ),
        "es": ("La palabra está mal escrita", "falta de ortografía en la imagen"),
        "zh": ("字拼错了", "单词拼写不对"),
        "ja": ("文字の綴りが間違っている", "スペルミスだ"),
    },
    "face changed": {
        "en": (
            "That is not the same face anymore",
            "It changed the person's face",
            "the face looks like someone else now",
        ),
        "es": ("La cara ya no es la misma", "cambió la cara"),
        "zh": ("脸变了", "不是同一张脸了"),
        "ja": ("顔が変わってしまった", "別人の顔になってる"),
    },
    "wrong colour": {
        "en": (
            "wrong color, that's not what you asked for",
            "The colour is wrong",
            "it picked another colour than in the prompt",
        ),
        "es": ("el color está mal", "ese no es el color que pediste"),
        "zh": ("颜色不对", "颜色搞错了"),
        "ja": ("色が違う", "頼んだ色じゃない"),
    },
    "layout moved": {
        "en": (
            "It moved things around",
            "the layout changed, that was in another place before",
            "why did the position shift?",
        ),
        "es": ("Movió las cosas de sitio", "la posición cambió"),
        "zh": ("位置变了", "布局被移动了"),
        "ja": ("位置がずれている", "配置が変わった"),
    },
    "cropped": {
        "en": (
            "the picture is cut off at the bottom",
            "Cropped again, the edge is missing",
            "it cropped the image 😕",
        ),
        "es": ("la imagen está cortada por abajo", "recortada otra vez"),
        "zh": ("图被裁掉了一块", "下面被切掉了"),
        "ja": ("下が切れている", "画像が切り取られている"),
    },
}

PRAISE: Wordings = {
    "en": (
        "This is amazing!",
        "wow, exactly what you asked for 😍",
        "so good",
        "Love it, every detail is right",
        "Impressive result 👏",
        "Looks perfect to me",
        "beautiful ❤️",
        "It nailed the prompt",
    ),
    "es": ("¡Increíble!", "Me encanta ❤️", "Qué bonito resultado", "Perfecto, justo lo que pediste"),
    "zh": ("太棒了！", "好看 ❤️", "效果很好", "完美，和要求一样"),
    "ja": ("すごい！", "きれい ❤️", "完璧ですね", "指示どおりで素晴らしい"),
}

NEUTRAL: Wordings = {
    "en": (
        "So that is how it draws things",
        "Interesting style",
        "I see, a flat look this time",
        "Hm, different from the one I got",
    ),
    "es": ("Interesante estilo", "Así que así dibuja"),
    "zh": ("原来是这种风格", "有意思的风格"),
    "ja": ("こういう画風なんですね", "なるほど、こうなるのか"),
}

CHATTER: Wordings = {
    "en": (
        "good morning everyone",
        "following you now",
        "is it free?",
        "which city are you in?",
        "saved for later",
        "lol",
    ),
    "es": ("buenos días a todos", "¿es gratis?", "jaja"),
    "zh": ("早上好", "免费吗？", "哈哈"),
    "ja": ("おはようございます", "無料ですか？", "笑"),
}

SOLUTION: Wordings = {
    "en": (
        "Fix: start a new chat and ask again, then the problem goes away",
        'Workaround: add "neutral white light, exact wording" at the end of the prompt',
        "What works for me: ask for the same picture in two steps",
        "Tip: write the number as a word and it gets it right",
    ),
    "es": ("Solución: abre un chat nuevo y pídelo otra vez", "Truco: pide la imagen en dos pasos"),
    "zh": ("解决办法：开个新对话再试一次就好了", "小技巧：分两步生成"),
    "ja": ("対処法：新しいチャットでもう一度頼むと直ります", "コツ：二回に分けて頼む"),
}

EXPLORATION: Wordings = {
    "en": (
        "I asked the model why it does that and it said it likes warm light",
        'Asked it directly: "why did you draw it this way?" It answered with a poem',
        "Funny, when I ask {product} to describe its own mistake it sees it",
    ),
    "es": ("Le pregunté al modelo por qué lo hace así y me dio las gracias",),
    "zh": ("我问模型为什么这样画，它说喜欢暖光",),
    "ja": ("なぜこう描いたのかモデルに聞いたら、暖かい光が好きだと言われた",),
}
