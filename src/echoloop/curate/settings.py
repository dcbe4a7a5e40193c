"""What curate has to know."""

import msgspec


class CurateSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads conversations, pictures and screenshots, who guards, and how much goes into a benchmark split."""

    subject: str
    reader: str
    viewer: str
    boxer: str
    guard: str
    per_split: int = 1000
    seed: int = 0
    text_limit: int = 20_000
