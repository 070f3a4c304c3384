"""A scan that adds nothing, so that tests see what is drawn."""

from mnist_nn.data.handwriting.papers.sheets import ScanRanges

STILL = ScanRanges(
    paper_grey=(240.0, 240.0),
    pen_grey=(20.0, 20.0),
    straight_share=1.0,
    blur_px=(0.0, 0.0),
    noise_grey=(0.0, 0.0),
    light_share=(0.0, 0.0),
    jpeg_share=0.0,
)
PRINTED = 130
"""The grey of print at half of its strength on that paper."""
