"""Chinese prompts."""

from collections.abc import Mapping
from functools import cache

from echoloop.lab.scenes.language.grammar import COLOUR_BLANK, OBJECT_BLANK, Grammar, Tails
from echoloop.lab.scenes.requests import (
    Add,
    AddWord,
    ChangeBackground,
    Combine,
    KeepFace,
    Recolour,
    Remove,
    RewriteWord,
)
from echoloop.lab.scenes.scene import Face
from echoloop.lab.scenes.vocabulary import Colour, Eyes, Hair, Mouth, Noun, Size, Skin

_NUMBERS = "一两三四五六七八九"
_NOUNS: Mapping[Noun, tuple[str, str]] = {
    "ball": ("个", "球"),
    "box": ("个", "盒子"),
    "tent": ("顶", "帐篷"),
    "star": ("颗", "星星"),
    "heart": ("颗", "爱心"),
    "kite": ("只", "风筝"),
    "ring": ("枚", "戒指"),
    "moon": ("个", "月亮"),
}
_COLOURS: Mapping[Colour, str] = {
    "red": "红色",
    "orange": "橙色",
    "yellow": "黄色",
    "green": "绿色",
    "blue": "蓝色",
    "purple": "紫色",
    "pink": "粉色",
    "brown": "棕色",
}
_SIZES: Mapping[Size, str] = {"small": "小", "large": "大"}
_SKIN: Mapping[Skin, str] = {"pale": "白皙", "tan": "小麦色", "brown": "褐色", "dark": "黝黑"}
_HAIR: Mapping[Hair, str] = {"brown": "棕发", "blond": "金发", "red": "红发", "grey": "灰发"}
_EYES: Mapping[Eyes, str] = {"close": "眼距窄", "even": "眼距适中", "wide": "眼距宽"}
_MOUTH: Mapping[Mouth, str] = {"smiling": "微笑", "serious": "严肃", "surprised": "惊讶"}


def _group(noun: Noun | None, colour: Colour | None, count: int, size: Size | None) -> str:
    measure, name = _NOUNS[noun] if noun else ("个", OBJECT_BLANK)
    named = _COLOURS[colour] if colour else COLOUR_BLANK
    return f"{_NUMBERS[count - 1]}{measure}{named}的{_SIZES[size] if size else ''}{name}"


def _face(face: Face) -> str:
    features = f"皮肤{_SKIN[face.skin]}、{_HAIR[face.hair]}、{_EYES[face.eyes]}"
    return f"一张{_MOUTH[face.mouth]}的脸（{features}）"


@cache
def chinese() -> Grammar:
    return Grammar(
        spaced=False,
        full_stop="。",
        openings=("画", "请画", "请帮我画", "生成一张图片：", "创作一幅插画，内容是"),
        group=_group,
        every=lambda noun, colour: f"所有{_COLOURS[colour]}的{_NOUNS[noun][1]}",
        face=_face,
        nothing="一个空场景",
        placed_before=True,
        place_link="的",
        separators=("，", "，还有"),
        cell_separators=("、", "和"),
        cells={
            "top left": "左上角",
            "top centre": "上方中间",
            "top right": "右上角",
            "middle left": "左侧中间",
            "centre": "正中央",
            "middle right": "右侧中间",
            "bottom left": "左下角",
            "bottom centre": "下方中间",
            "bottom right": "右下角",
        },
        bands={"top": "顶部", "bottom": "底部"},
        backgrounds={
            "white": "纯白背景",
            "sky": "蓝天",
            "night": "夜空",
            "sand": "沙滩",
            "meadow": "绿草地",
            "lilac": "淡紫色的墙",
        },
        colours=_COLOURS,
        background_tails=Tails(
            clauses=("，背景是{background}", "，后面是{background}"),
            sentences=("。背景用{background}", "。以{background}为背景"),
        ),
        word_tails=Tails(
            clauses=("，{band}写着“{word}”",),
            sentences=("。在{band}写上“{word}”", "。{band}加上文字“{word}”"),
        ),
        fillers=("。卡通风格", "。画面简洁", "。不要阴影"),
        edits={
            Recolour: ("把{every}改成{colour}", "将{every}变成{colour}"),
            Remove: ("去掉{every}", "把{every}从图中删除", "请移除{every}"),
            Add: ("在{cell}加上{one}", "在{cell}放{one}"),
            ChangeBackground: ("把背景换成{background}", "将背景改为{background}"),
            AddWord: ("在{band}写上“{word}”", "请在{band}加上文字“{word}”"),
            RewriteWord: ("把文字“{old}”改成“{new}”", "将“{old}”这个词换成“{new}”"),
            Combine: (
                "把第一张图里{every}放到第二张图的背景上",
                "合成两张图：第一张图里{every}，配第二张图的背景",
            ),
            KeepFace: (
                "保持这张脸完全不变，把背景换成{background}",
                "同一个人，同一张脸，但背景改为{background}",
            ),
        },
        edit_fillers=("。其他保持不变", "。不要动其余部分"),
    )
