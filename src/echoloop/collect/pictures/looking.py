"""Every stored picture is decoded once before it leaves this room: a header can promise what the rest does not keep."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice

import msgspec

from echoloop.images import BadImage, Limits, decode
from echoloop.workspace import ImageDamaged, ImageMissing, ImageStore


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that decodes, with its upright size; or why it does not. `again`: the store has lost it, fetching may help."""

    sha256: str
    width: int | None = None
    height: int | None = None
    absence: str = ""
    again: bool = False


def look_at(
    pictures: Iterable[str], store: ImageStore, *, limits: Limits | None = None, threads: int = 2
) -> Iterator[Look]:
    """Decode each picture once, in threads and in order; few pictures are in memory at a time."""
    chosen = limits or Limits()
    rest = iter(dict.fromkeys(pictures))
    with ThreadPoolExecutor(threads, thread_name_prefix="look") as pool:
        while group := list(islice(rest, 16 * threads)):
            yield from pool.map(partial(_look, store=store, limits=chosen), group)


def _look(sha256: str, store: ImageStore, limits: Limits) -> Look:
    try:
        picture = decode(store.read(sha256), limits)
    except BadImage as error:
        return Look(sha256=sha256, absence=f"{error.reason}: {error}")
    except (ImageMissing, ImageDamaged, OSError) as error:
        reason = "damaged" if isinstance(error, ImageDamaged) else "missing"
        return Look(sha256=sha256, absence=f"{reason}: the store no longer has what came", again=True)
    return Look(sha256=sha256, width=picture.width, height=picture.height)
