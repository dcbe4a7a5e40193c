"""What diagnose has to know."""

import msgspec


class DiagnoseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads feedback, who says which metric applies, and how intervals are drawn."""

    reader: str
    viewer: str
    resamples: int = 1000
    seed: int = 0
