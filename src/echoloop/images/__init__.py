"""Bytes <-> pixels: every file from outside is hostile until it has passed through here."""

from echoloop.images.boxes import BadBox, Box, crop
from echoloop.images.colour import Lab, from_lab, to_lab
from echoloop.images.decoding import Conversion, Picture, Pixels, decode
from echoloop.images.encoding import encode_jpeg, encode_png
from echoloop.images.hashing import content_hash, hash_distance, perceptual_hash
from echoloop.images.limits import BadImage, Limits, MediaType, Reason
from echoloop.images.renditions import Rendition, render, thumbnail
from echoloop.images.sniffing import measure, sniff

__all__ = [
    "BadBox",
    "BadImage",
    "Box",
    "Conversion",
    "Lab",
    "Limits",
    "MediaType",
    "Picture",
    "Pixels",
    "Reason",
    "Rendition",
    "content_hash",
    "crop",
    "decode",
    "encode_jpeg",
    "encode_png",
    "from_lab",
    "hash_distance",
    "measure",
    "perceptual_hash",
    "render",
    "sniff",
    "thumbnail",
    "to_lab",
]
