"""Japanese prompts."""

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

_NUMBERS = "一二三四五六七八九"
_NOUNS: Mapping[Noun, str] = {
    "ball": "ボール",
    "box": "箱",
    "tent": "テント",
    "star": "星",
    "heart": "ハート",
    "kite": "凧",
    "ring": "指輪",
    "moon": "月",
}
_COLOURS: Mapping[Colour, tuple[str, str]] = {
    "red": ("赤い", "赤"),
    "orange": ("オレンジ色の", "オレンジ色"),
    "yellow": ("黄色い", "黄色"),
    "green": ("緑の", "緑"),
    "blue": ("青い", "青"),
    "purple": ("紫の", "紫"),
    "pink": ("ピンクの", "ピンク"),
    "brown": ("茶色い", "茶色"),
}
_SIZES: Mapping[Size, str] = {"small": "小さな", "large": "大きな"}
_SKIN: Mapping[Skin, str] = {"pale": "色白", "tan": "小麦肌", "brown": "褐色肌", "dark": "濃い肌"}
_HAIR: Mapping[Hair, str] = {"brown": "茶髪", "blond": "金髪", "red": "赤毛", "grey": "白髪"}
_EYES: Mapping[Eyes, str] = {"close": "寄り目", "even": "普通の目", "wide": "離れ目"}
_MOUTH: Mapping[Mouth, str] = {"smiling": "笑顔", "serious": "真顔", "surprised": "驚き顔"}


def _group(noun: Noun | None, colour: Colour | None, count: int, size: Size | None) -> str:
    named = _COLOURS[colour][0] if colour else COLOUR_BLANK
    name = _NOUNS[noun] if noun else OBJECT_BLANK
    return f"{_NUMBERS[count - 1]}つの{_SIZES[size] if size else ''}{named}{name}"


def _face(face: Face) -> str:
    features = f"{_SKIN[face.skin]}・{_HAIR[face.hair]}・{_EYES[face.eyes]}"
    return f"一人の{_MOUTH[face.mouth]}（{features}）"


@cache
def japanese() -> Grammar:
    return Grammar(
        spaced=False,
        full_stop="。",
        openings=(
            "イラスト：",
            "次の絵を描いて：",
            "描いてください：",
            "画像を生成して。内容は",
            "この絵をお願いします、",
        ),
        group=_group,
        every=lambda noun, colour: f"すべての{_COLOURS[colour][0]}{_NOUNS[noun]}",
        face=_face,
        nothing="何もない場面",
        placed_before=True,
        place_link="にある",
        separators=("、", "、そして"),
        cell_separators=("・", "と"),
        cells={
            "top left": "左上",
            "top centre": "上の真ん中",
            "top right": "右上",
            "middle left": "左の真ん中",
            "centre": "中央",
            "middle right": "右の真ん中",
            "bottom left": "左下",
            "bottom centre": "下の真ん中",
            "bottom right": "右下",
        },
        bands={"top": "一番上", "bottom": "一番下"},
        backgrounds={
            "white": "真っ白な背景",
            "sky": "青空",
            "night": "夜空",
            "sand": "砂浜",
            "meadow": "緑の草原",
            "lilac": "薄紫の壁",
        },
        colours={colour: noun for colour, (_, noun) in _COLOURS.items()},
        background_tails=Tails(
            clauses=("、背景は{background}", "、後ろは{background}"),
            sentences=("。背景を{background}にしてください", "。背景には{background}を使って"),
        ),
        word_tails=Tails(
            clauses=("、{band}に「{word}」の文字",),
            sentences=("。{band}に「{word}」と書いてください", "。{band}に文字「{word}」を入れて"),
        ),
        fillers=("。漫画風で", "。シンプルに", "。影はなしで"),
        edits={
            Recolour: ("{every}を{colour}に変えて", "{every}の色を{colour}にしてください"),
            Remove: ("{every}を消して", "{every}を取り除いてください"),
            Add: ("{cell}に{one}を加えて", "{cell}に{one}を追加してください"),
            ChangeBackground: ("背景を{background}に変えて", "背景だけ{background}にしてください"),
            AddWord: ("{band}に「{word}」と書いて", "{band}に文字「{word}」を追加してください"),
            RewriteWord: ("「{old}」の文字を「{new}」に変えて", "「{old}」を「{new}」に書き換えてください"),
            Combine: (
                "一枚目の{every}を二枚目の背景に置いて",
                "二枚の画像を合成して：一枚目の{every}と二枚目の背景",
            ),
            KeepFace: (
                "顔はそのままで、背景を{background}に変えて",
                "同じ人物、同じ顔のまま、背景だけ{background}にしてください",
            ),
        },
        edit_fillers=("。ほかはそのままで", "。残りは変えないで"),
    )
