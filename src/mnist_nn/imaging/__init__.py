"""Turns picture files into the arrays that a network takes, in four steps: load, clean, segment, framing.

It knows nothing about networks.
"""

from mnist_nn.imaging.framing import frame
from mnist_nn.imaging.load.child.budget import DECODE_SECONDS
from mnist_nn.imaging.load.folders import Found, find_pictures
from mnist_nn.imaging.load.pictures import Fault, Page, each_page, read_pages, read_square
from mnist_nn.imaging.load.sources import PAGE_LIMIT, PIXEL_LIMIT

__all__ = [
    "DECODE_SECONDS",
    "PAGE_LIMIT",
    "PIXEL_LIMIT",
    "Fault",
    "Found",
    "Page",
    "each_page",
    "find_pictures",
    "frame",
    "read_pages",
    "read_square",
]
