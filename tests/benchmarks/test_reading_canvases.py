import numpy as np
import pytest
from benchmarks.reading import canvases, nondigits
from scipy import ndimage


def ink(canvas: np.ndarray) -> tuple[float, float, float]:
    """Middle across and down, and amount, of what is brighter than black."""
    down, across = ndimage.center_of_mass(canvas)
    return across, down, canvas.sum() / 255


@pytest.mark.parametrize("variant", canvases.VARIANTS)
def test_a_variant_depends_on_seed_and_number_only(mnist, variant):
    image = mnist.test.images[0]
    first, second = (canvases.canvas(variant, image, 5, 1) for _ in range(2))
    assert first.tobytes() == second.tobytes()
    assert first.dtype == np.uint8
    assert first.shape == ((28, 28) if variant == "28×28" else (200, 200))


def test_plain_keeps_every_pixel(mnist):
    image = mnist.test.images[0]
    assert np.array_equal(canvases.canvas("plain", image, 0, 0)[86:114, 86:114], image)
    assert np.array_equal(255 - canvases.canvas("dark on light", image, 0, 0), canvases.put(image))


def test_shifts_reach_six_pixels_and_no_further(mnist):
    image = mnist.test.images[0]
    middle = np.array(ink(canvases.put(image))[:2])
    moved = np.array([ink(canvases.canvas("shifted", image, i, 0))[:2] for i in range(200)]) - middle
    assert np.allclose(moved, moved.round(), atol=1e-6)
    assert set(moved.round().astype(int).ravel().tolist()) == set(range(-6, 7))


@pytest.mark.parametrize(("variant", "scale"), [("half size", 0.5), ("1.7×", 1.7), ("5×", 5)])
def test_scaled_digits_have_that_size(mnist, variant, scale):
    for number, image in enumerate(mnist.test.images[:20]):
        plain, scaled = canvases.put(image), canvases.canvas(variant, image, number, 0)
        assert ink(scaled)[2] == pytest.approx(ink(plain)[2] * scale**2, rel=0.06)


def test_rotation_and_slant_go_to_both_sides(mnist):
    image = mnist.test.images[2]  # a 1, nearly upright

    def lean(canvas: np.ndarray) -> float:
        y, x = np.nonzero(canvas > 127)
        return float(np.polyfit(y, x, 1)[0])

    upright = lean(canvases.put(image))
    for variant in ("rotated", "slanted"):
        leans = np.array([lean(canvases.canvas(variant, image, i, 0)) for i in range(20)]) - upright
        assert leans.min() < -0.15
        assert leans.max() > 0.15


@pytest.mark.parametrize("kind", nondigits.KINDS)
def test_pictures_of_no_digit_follow_from_seed_kind_and_number(kind):
    first, again, other = (nondigits.picture(kind, number, 7) for number in (0, 0, 1))
    assert first.tobytes() == again.tobytes()
    assert first.shape == other.shape == (200, 200)
    assert first.dtype == np.uint8


@pytest.mark.parametrize("kind", [kind for kind in nondigits.KINDS if kind != "blank"])
def test_they_have_ink_and_blanks_have_none(kind):
    for number in range(20):
        picture = nondigits.picture(kind, number, 0).astype(int)
        assert (abs(picture - np.median(picture)) > 30).sum() > 20, number
    for number in range(20):
        steps = np.diff(nondigits.picture("blank", number, 0).astype(int), axis=0)
        assert abs(steps).max() <= 3


def test_two_digits_are_one_blot_of_both_colours(mnist):
    images = mnist.test.images
    pictures = [nondigits.two_digits(images[2 * i], images[2 * i + 1], i, 0) for i in range(20)]
    assert {int(picture[0, 0]) for picture in pictures} == {0, 255}
    extents = [np.ptp(np.flatnonzero((picture != picture[0, 0]).any(axis=0))) for picture in pictures]
    assert np.mean(extents) > 60


def test_no_letter_looks_like_a_digit():
    assert not set("BDGIJLOQSUZbglqosy0123456789") & {*nondigits.LETTERS, *nondigits.STROKES, *nondigits.MARKS}
