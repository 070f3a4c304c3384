"""Glyphs are the digits they say, drawn as high, wide and slanted as asked, with the pen that is asked for."""

import numpy as np
import pytest

from mnist_nn import Dataset
from mnist_nn.data.handwriting.glyphs import GlyphPool, Pose
from mnist_nn.util.randomness import key


def plain(pool: GlyphPool, height: float = 40.0, pen: float = 4.0, slant: float = 0.0, *, grey: bool = False) -> Pose:
    one = np.ones(len(pool), np.float32)
    return Pose(height * one, one, slant * one, 0 * one, pen * one, (one > 0) & grey)


def draw(pool: GlyphPool, pose: Pose, side: int = 81) -> np.ndarray:
    return pool.draw(np.arange(len(pool)), pose, np.full((len(pool), 2), (side - 1) / 2), (side, side))


def test_a_pool_holds_people_and_then_hands_in_order(small_pool: GlyphPool, mnist: Dataset) -> None:
    assert len(small_pool) == 200
    assert small_pool.labels[:100].tolist() == mnist.train.labels[:100].tolist()
    assert small_pool.labels[100:].tolist() == np.tile(np.repeat(np.arange(10), 2), 5).tolist()


def test_glyphs_are_found_by_hand_label_and_copy(small_pool: GlyphPool) -> None:
    writers, labels, copies = np.array([0, 2, 4]), np.array([3, 7, 9]), np.array([1, 0, 1])
    glyphs = small_pool.pen_glyphs(writers, labels, copies)
    assert glyphs.tolist() == [100 + 7, 100 + 54, 199]
    assert small_pool.labels[glyphs].tolist() == labels.tolist()


def test_people_are_chosen_by_label_and_all_of_them(small_pool: GlyphPool) -> None:
    labels = np.repeat(np.arange(10), 50)
    glyphs = small_pool.people_glyphs(labels, np.tile(np.arange(50) / 50, 10))
    assert small_pool.labels[glyphs].tolist() == labels.tolist()
    assert set(glyphs.tolist()) == set(np.flatnonzero(~small_pool.filled[:100]).tolist())


@pytest.mark.parametrize(("height", "pen"), [(20, 2), (40, 4), (60, 12)])
def test_a_digit_is_as_high_as_asked_and_a_pen_more(small_pool: GlyphPool, height: float, pen: float) -> None:
    ink = draw(small_pool, plain(small_pool, height, pen), 121)
    rows = (ink > 0.5).any(axis=2)
    high = rows.shape[1] - rows[:, ::-1].argmax(axis=1) - rows.argmax(axis=1)
    assert np.abs(high - (height + pen))[~small_pool.filled].max() <= max(2, 0.06 * height)


def test_ink_lies_where_it_is_told_to(small_pool: GlyphPool) -> None:
    wide = small_pool.width_px(np.arange(len(small_pool)), plain(small_pool))
    columns = (draw(small_pool, plain(small_pool), 121) > 0.5).any(axis=1)
    first, last = columns.argmax(axis=1), 120 - columns[:, ::-1].argmax(axis=1)
    assert np.abs((first + last) / 2 - 60).max() <= 2
    assert np.abs(last - first + 1 - wide - 4)[~small_pool.filled].max() <= 3


def test_slant_moves_the_top_to_the_right(small_pool: GlyphPool) -> None:
    def lean(slant: float) -> np.ndarray:
        ink = draw(small_pool, plain(small_pool, slant=slant), 121)
        at = (ink * np.arange(121)).sum(axis=2) / np.maximum(ink.sum(axis=2), 1e-6)
        return np.asarray(at[:, 42:56].mean(axis=1) - at[:, 66:80].mean(axis=1))

    assert np.abs(lean(0.5) - lean(0.0) - 12).max() < 3  # half of the 24 rows between both


def test_a_point_of_the_field_is_found_in_the_drawing(small_pool: GlyphPool) -> None:
    pose = plain(small_pool, slant=0.4)
    place = small_pool.place(np.arange(len(small_pool)), pose, small_pool.ends[:, 0]) + 60
    x, y = place.round().astype(int).T
    assert (draw(small_pool, pose, 121)[np.arange(len(small_pool)), y, x] > 0.7).all()


def test_a_picture_as_it_is_looks_like_the_picture(small_pool: GlyphPool) -> None:
    people = np.arange(100)
    one = np.ones(100, np.float32)
    high = (small_pool.boxes[people, 3] - small_pool.boxes[people, 1]) / 2  # the field has two pixels for one
    pose = Pose(high, one, 0 * one, 0 * one, one, one > 0)
    middle = (small_pool.boxes[people, :2] + small_pool.boxes[people, 2:]) / 4 - 0.25
    ink = small_pool.draw(people, pose, middle, (28, 28))
    high_enough = high * 2 >= 10
    assert high_enough.sum() > 90
    assert np.abs(ink - small_pool.images / 255)[high_enough].max() < 0.02


def test_digits_whose_loops_are_full_of_ink_are_drawn_as_they_are(small_pool: GlyphPool) -> None:
    full = np.flatnonzero(small_pool.filled)
    assert 0 < len(full) < 25
    assert full.max() < 100
    one = np.ones(len(full), np.float32)
    middle = np.full((len(full), 2), 60.0)
    fine, bold, grey = (
        small_pool.draw(full, Pose(60 * one, one, 0 * one, 0 * one, pen * one, one < pen - 8), middle, (121, 121))
        for pen in (2, 8, 12)
    )
    assert np.array_equal(fine, bold)
    assert np.array_equal(fine, grey)


def test_a_pen_redraws_peoples_digits_where_they_were(small_pool: GlyphPool) -> None:
    people = np.arange(100)
    one = np.ones(100, np.float32)
    high = (small_pool.boxes[people, 3] - small_pool.boxes[people, 1]) / 2
    middle = (small_pool.boxes[people, :2] + small_pool.boxes[people, 2:]) / 4 - 0.25
    ink = small_pool.draw(people, Pose(high, one, 0 * one, 0 * one, 2.2 * one, one < 0), middle, (28, 28))
    both = np.array([np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(ink, small_pool.images, strict=True)])
    assert np.median(both) > 0.8


def test_bends_and_turns_move_ink_a_little(small_pool: GlyphPool) -> None:
    straight = plain(small_pool)
    bend = np.tile(np.array([[1.5, 0.2, 0.0], [1.5, 0.2, 1.0]], np.float32), (len(small_pool), 1, 1))
    for other in (
        Pose(**{**vars(straight), "bend": bend}),
        Pose(**{**vars(straight), "turn_radians": 0.1 + 0 * straight.pen_px}),
    ):
        a, b = draw(small_pool, straight), draw(small_pool, other)
        assert np.abs(a.sum(axis=(1, 2)) / b.sum(axis=(1, 2)) - 1).max() < 0.15
        assert (np.abs(a - b).sum(axis=(1, 2)) > 1).all()


def test_the_same_key_gives_the_same_pool(small_pool: GlyphPool, mnist: Dataset) -> None:
    fewer = GlyphPool.of(mnist.train.images[:20], mnist.train.labels[:20], key(5), "train", pen_digits=40)
    assert np.array_equal(fewer.fields[:20], small_pool.fields[:20])
    assert np.array_equal(fewer.fields[20:], small_pool.fields[100:140])
    other = GlyphPool.of(mnist.train.images[:20], mnist.train.labels[:20], key(6), "train", pen_digits=40)
    assert not np.array_equal(other.fields[20:], fewer.fields[20:])
