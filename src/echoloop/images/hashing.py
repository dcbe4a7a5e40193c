"""Names for content: exact (SHA-256) and perceptual (survives re-encoding and resizing)."""

import hashlib

import numpy as np
from PIL import Image
from scipy import fft

from echoloop.images.decoding import Pixels
from echoloop.images.encoding import as_image
from echoloop.images.limits import Limits
from echoloop.images.renditions import Rendition, small_copy


def content_hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def perceptual_hash(source: Pixels | bytes, limits: Limits | None = None) -> int:
    """64 bits: the signs, around their median, of the lowest frequencies of a 32 x 32 grey copy."""
    if isinstance(source, bytes):
        image = small_copy(source, Rendition(longest_side=256), limits or Limits())
    else:
        image = as_image(source)
    grey = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS), dtype=np.float64)
    low = np.round(np.asarray(fft.dctn(grey, norm="ortho"))[:8, :8].ravel(), 3)
    bits = low > np.median(low[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def hash_distance(a: int, b: int) -> int:
    """How many of the 64 bits differ; up to about 10 is the same picture."""
    return (a ^ b).bit_count()
