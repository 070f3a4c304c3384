"""Framed digits follow from their key, are framed as MNIST is, and are digits to a network that never saw them."""

import numpy as np
import pytest

from mnist_nn import Dataset
from mnist_nn.data.handwriting.framed import draw_digits, draw_single_digits, redraw_digits
from mnist_nn.data.handwriting.styles import FAMILIES
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.prediction import predict
from mnist_nn.imaging.thicken import thicken
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.util.randomness import key


def test_labels_are_even_and_pictures_framed() -> None:
    samples = draw_digits(100, key(2), "train")
    assert samples.counts(10) == [10] * 10
    for picture in samples.images:
        rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
        assert 18 <= max(rows[-1] - rows[0], columns[-1] - columns[0]) < 20
        for axis in (0, 1):
            weight = picture.sum(axis=axis)
            assert 14 <= (weight * (np.arange(28) + 0.5)).sum() / weight.sum() <= 15


def test_a_digit_is_the_same_however_many_are_drawn() -> None:
    few, more = (draw_digits(count, key(2), "test") for count in (20, 60))
    assert np.array_equal(few.images, more.images[:20])
    assert few.labels.tolist() == more.labels[:20].tolist()
    assert len({picture.tobytes() for picture in more.images}) == 60


@pytest.mark.parametrize("family", FAMILIES)
def test_a_network_trained_on_people_reads_most_of_them(family: str) -> None:
    samples = draw_digits(200, key(3), family)
    read = predict(load_reader_model().network, samples.images).label
    assert (read == samples.labels).mean() > 0.8


def test_an_unknown_family_lists_the_choices() -> None:
    with pytest.raises(ConfigError, match="calibrate"):
        draw_digits(1, key(1), "people")


def test_single_digits_are_of_one_hand_each() -> None:
    """Their pens differ from digit to digit, where those of one hand are alike."""
    samples, alike = draw_single_digits(40, key(4), "test"), draw_digits(40, key(4), "test")
    assert samples.labels.tolist() == [*range(10)] * 4
    zeros, of_two_hands = samples.images[::10], alike.images[alike.labels == 0]
    spread = [picture.astype(float).sum() for picture in zeros]
    assert len({picture.tobytes() for picture in zeros}) == 4
    assert np.ptp(spread) > np.ptp([picture.astype(float).sum() for picture in of_two_hands[:2]])
    assert np.array_equal(draw_single_digits(5, key(4), "test").images, samples.images[:5])


def test_people_written_with_another_pen_are_still_what_they_are(mnist: Dataset) -> None:
    people = mnist.train.take(range(200))
    again = redraw_digits(people, key(5), "calibrate")
    assert np.array_equal(again.labels, people.labels)
    assert np.array_equal(again.images[:50], redraw_digits(people.take(range(50)), key(5), "calibrate").images)
    ink = [images.astype(float).sum(axis=(1, 2)) for images in (people.images, again.images)]
    assert np.std(ink[1] / ink[0]) > 0.2, "pens differ"
    read = predict(load_reader_model().network, again.images).label
    assert (read == people.labels).mean() > 0.93


def test_no_pen_is_finer_than_the_reader_lets_through() -> None:
    for picture in draw_digits(200, key(6), "test").images:
        assert thicken(picture) is picture
