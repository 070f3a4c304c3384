"""Distorted copies: bounded, seeded, independent of how the work is divided."""

from dataclasses import fields, replace
from threading import Event

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from mnist_nn import Network, TrainingConfig, load_data, train
from mnist_nn.data import augmentation as module
from mnist_nn.data.augmentation import DISTORTIONS, Distortion, augment, make_distortion
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.imaging.framing import frame
from mnist_nn.nn import config
from mnist_nn.util.randomness import key

DIGITS = load_data("mnist").train.take(range(300))
IMAGES = DIGITS.images


def test_the_configuration_lists_these_distortions() -> None:
    assert ("none", *DISTORTIONS) == config.AUGMENTATIONS


@pytest.mark.parametrize("name", DISTORTIONS)
def test_copies_differ_but_stay_digits(name: str) -> None:
    copies = augment(IMAGES, key(3), name)
    assert copies.shape == IMAGES.shape
    assert copies.dtype == np.uint8
    assert all((a != b).any() for a, b in zip(copies, IMAGES, strict=True))
    assert 0.6 < copies.mean() / IMAGES.mean() < 1.4


@pytest.mark.parametrize("name", DISTORTIONS)
def test_copies_depend_on_key_and_row_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = augment(IMAGES, key(3), name)
    monkeypatch.setattr(module, "IMAGES_AT_ONCE", 7)
    assert np.array_equal(augment(IMAGES, key(3), name), whole)
    assert not np.array_equal(augment(IMAGES, key(4), name), whole)


@given(st.integers(0, 2**64 - 1))
def test_no_distortion_changes_nothing(seed: int) -> None:
    assert np.array_equal(augment(IMAGES[:5], key(seed), Distortion()), IMAGES[:5])


def test_a_shift_moves_ink_by_what_is_asked() -> None:
    dot = np.zeros((200, 28, 28), np.uint8)
    dot[:, 14, 14] = 255
    copies = augment(dot, key(1), Distortion(shift=3.0)).astype(float)
    grid = np.arange(28)
    moved = np.array([[(c.sum(axis=1) * grid).sum(), (c.sum(axis=0) * grid).sum()] / c.sum() for c in copies]) - 14
    assert np.abs(moved).max() <= 3.01
    assert np.abs(moved).max() > 2.8
    assert np.abs(moved.mean(axis=0)).max() < 0.5


def test_a_turn_keeps_the_distance_from_the_centre() -> None:
    dot = np.zeros((100, 29, 29), np.uint8)
    dot[:, 4, 14] = 255
    copies = augment(dot, key(1), Distortion(rotation=40.0)).astype(float)
    grid = np.arange(29) - 14
    y, x = (np.array([(c.sum(axis=axis) * grid).sum() / c.sum() for c in copies]) for axis in (1, 0))
    assert np.allclose(np.hypot(y, x), 10, atol=0.15)
    angle = np.degrees(np.arctan2(x, -y))
    assert 30 < np.abs(angle).max() < 41


def test_displacements_are_smoothed_noise() -> None:
    noise = np.random.default_rng(2).uniform(-1, 1, (9, 9, 3)).astype(np.float32)
    smooth = module._gauss(9, 2.0)
    expected = [3.0 * gaussian_filter(image, 2.0, mode="constant", truncate=9.0) for image in np.moveaxis(noise, 2, 0)]
    np.testing.assert_allclose(module._smooth(noise, 3 * smooth, smooth), expected, atol=2e-3)


def test_elastic_copies_are_bent_further_with_alpha() -> None:
    line = np.zeros((50, 28, 28), np.uint8)
    line[:, 12:16] = 255
    tops = [augment(line, key(1), Distortion(alpha=alpha)).argmax(axis=1).std(axis=1).mean() for alpha in (0, 15, 40)]
    assert tops[0] == 0
    assert 0.2 < tops[1] < tops[2]


@pytest.mark.parametrize(("name", "figures"), [("none", {}), ("affine", {"alpha": 38.0, "sigma": 5.5})])
def test_figures_replace_those_of_a_name(name: str, figures: dict[str, float]) -> None:
    assert make_distortion(name, figures) == (replace(DISTORTIONS[name], **figures) if figures else None)


def test_figures_that_change_nothing_are_no_distortion() -> None:
    assert make_distortion("none", {"rotation": 0.0, "alpha": 0.0, "sigma": 9.0}) is None
    assert make_distortion("affine", {"rotation": 0.0, "slant": 0.0, "stretch": 0.0, "shift": 0.0}) is None


def test_the_configuration_lists_these_figures_and_what_is_elastic() -> None:
    assert list(config.FIGURES) == [one.name for one in fields(Distortion) if one.name != "framed"]
    assert [name for name, how in DISTORTIONS.items() if how.alpha] == list(config.ELASTIC)
    for name, (low, high) in config.FIGURES.items():
        for figure in (low, high):
            copies = augment(IMAGES[:20], key(0), replace(Distortion(alpha=1.0), **{name: float(figure)}))
            assert copies.shape == (20, 28, 28)


def test_a_stopped_augmentation_makes_no_more_copies() -> None:
    stop = Event()
    stop.set()
    augment(IMAGES, key(0), "elastic", warp=pytest.fail, stop=stop)


def test_framed_copies_are_framed() -> None:
    copies = augment(IMAGES, key(5), "reading")
    far = [np.abs(frame(np.where(c > 40, c, 0).astype(np.uint8)).astype(int) - c).mean() for c in copies]
    assert np.median(far) < 12
    ink = copies > 60
    tall = np.maximum(ink.any(axis=2).sum(axis=1), ink.any(axis=1).sum(axis=1))
    assert 18 <= np.median(tall) <= 21


def test_blank_images_stay_blank() -> None:
    assert not augment(np.zeros((3, 28, 28), np.uint8), key(0), "reading").any()


def test_no_images_are_no_copies() -> None:
    assert augment(IMAGES[:0], key(0), "affine").shape == (0, 28, 28)


def test_a_resumed_run_sees_the_same_copies() -> None:
    settings = TrainingConfig(epochs=3, augmentation="affine")
    whole = list(train(Network.create(), DIGITS, settings, engine="reference"))
    rest = list(train(Network.create(), DIGITS, settings, engine="reference", resume=whole[0].checkpoint))
    pairs = zip(whole[-1].network.parameters, rest[-1].network.parameters, strict=True)
    assert all(np.array_equal(p, q) for p, q in pairs)


def test_every_epoch_learns_from_new_copies() -> None:
    plain, copied = (
        [
            e.scores.loss
            for e in train(Network.create(), DIGITS, TrainingConfig(epochs=2, augmentation=name), engine="reference")
        ]
        for name in ("none", "affine")
    )
    assert plain[0] != copied[0]
    assert plain[1] != copied[1]


@pytest.mark.parametrize(
    "images", [np.zeros((2, 28, 20), np.uint8), np.zeros((2, 784), np.float32), np.zeros((28, 28), np.uint8)]
)
def test_only_square_pictures_can_be_distorted(images: np.ndarray) -> None:
    with pytest.raises(DataError, match="square"):
        augment(images, key(0), "affine")


def test_an_unknown_name_lists_the_choices() -> None:
    with pytest.raises(ConfigError, match="affine, elastic, reading"):
        augment(IMAGES, key(0), "elasitc")
