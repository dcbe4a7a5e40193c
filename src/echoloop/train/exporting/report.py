"""What an export says of itself."""

import msgspec


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows were written, and why the others were not."""

    rows: int
    pictures: int
    left_out: dict[str, int]
