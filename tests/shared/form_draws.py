"""Glyphs of a form by itself, for the tests of forms."""

import numpy as np
import numpy.typing as npt

from mnist_nn.data.handwriting.forms.families import FORMS
from mnist_nn.data.handwriting.forms.strokes import Form

COUNT = 50


class Spread:
    """Draws numbers of 50 glyphs evenly from the whole of every range."""

    def __init__(self) -> None:
        self.generator = np.random.default_rng(1)

    def __call__(self, low: float, high: float) -> npt.NDArray[np.float32]:
        assert low < high
        return (low + (high - low) * self.generator.random(COUNT)).astype(np.float32)


def outline(form: Form) -> npt.NDArray[np.float64]:
    """All points of 50 glyphs: shape (50, points, 2)."""
    points = [np.broadcast_arrays(x, y, np.zeros(COUNT))[:2] for stroke in form(Spread()) for x, y in stroke]
    return np.stack([np.stack(pair, axis=-1) for pair in points], axis=1)


def forms_of(labels: range) -> dict[str, Form]:
    """All forms of some digits by name, of whatever family."""
    return {form.__name__: form for family in FORMS.values() for label in labels for form in family[label]}


def check_size(form: Form) -> None:
    """A form is about one high, and no wider than people write a digit."""
    points = outline(form)
    sides = points.max(axis=1) - points.min(axis=1)
    assert ((sides[:, 1] > 0.85) & (sides[:, 1] < 1.3)).all()
    assert (sides[:, 0] < 1.35).all()
    assert (np.abs(points[..., 1] - 0.5) < 0.75).all()
