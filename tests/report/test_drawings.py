"""Figures become SVG in the page's colours with ids of their own; images become PNG, dark ink on white."""

import base64
import io

import numpy as np
from PIL import Image

from mnist_nn import Network, plots
from mnist_nn.plots.style import INK
from mnist_nn.report.drawings import draw, encode_picture


def test_a_figure_has_the_colours_of_the_page_and_no_size() -> None:
    drawing = draw(plots.weight_images(Network.create(), 1), "output", "what it shows")
    assert drawing.alt == "what it shows"
    assert "var(--ink)" in drawing.code
    assert INK not in drawing.code
    assert drawing.code.endswith("</svg>")
    assert "viewBox=" in drawing.code
    opening_tag = drawing.code.partition(">")[0]
    assert "width=" not in opening_tag
    assert "height=" not in opening_tag
    assert "font-family" not in drawing.code


def test_two_figures_share_no_ids() -> None:
    one, two = (str(draw(plots.weight_images(Network.create(), 1), name, "a").code) for name in ("one", "two"))
    assert 'id="one-' in one
    assert one.replace('"one-', '"two-').replace("#one-", "#two-") == two


def test_a_picture_is_dark_ink_on_white() -> None:
    ink = np.array([[0, 255, 100], [1, 2, 3]], np.uint8)
    for pixels in (ink, ink / 255):
        picture = encode_picture(pixels)
        data = base64.b64decode(picture.source.partition(",")[2])
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), 255 - ink)
        assert (picture.width, picture.height) == (3, 2)
