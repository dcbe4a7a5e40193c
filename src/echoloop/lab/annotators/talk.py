"""What a post is about, apart from any prompt in it."""

import re

from echoloop.lab.annotators.wording import bare, cues, evened

_PICTURES = cues(
    r"~images?~", r"~pictures?~", r"~pics?~", r"~photos?~", r"~illustrat", r"~drawings?~", r"~paintings?~",
    r"~art(?:work)?~", r"~visuals?~", r"~renders?~", r"~outputs?~", r"~portraits?~", r"imagen", r"~fotos?~",
    r"dibuj", r"ilustra", r"图", r"画", r"照片", r"画像", r"絵", r"イラスト", r"写真",
)  # fmt: skip
_CHAT = cues(
    r"~chat", r"~screen ?(?:shot|grab|cap)", r"~conversation~", r"~answered~", r"~replied~", r"~asked~",
    r"~window~", r"~session~", r"captura", r"conversacion", r"~respondio~", r"~pantalla", r"截图", r"截屏",
    r"对话", r"聊天", r"スクショ", r"スクリーンショット", r"会話", r"チャット", r"やりとり", r"画面",
)  # fmt: skip


def speaks_of_pictures(text: str, subject: str) -> bool:
    """Pictures are its matter, leaving the subject's own name aside."""
    name = r"[\s_-]*".join(re.escape(word) for word in evened(subject).split())
    return bool(_PICTURES.search(re.sub(name, " ", evened(bare(text)))))


def shows_chat(text: str) -> bool:
    """It presents its picture as a conversation."""
    return bool(_CHAT.search(evened(bare(text))))
