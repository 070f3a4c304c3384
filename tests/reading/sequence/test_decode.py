"""What follows from log-probabilities, against every path of tiny lines written out."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.reading.constraints import build_constraint
from mnist_nn.reading.sequence.decode import (
    BLANK,
    DECODE,
    SYMBOLS,
    DecodeParameters,
    align,
    search_texts,
    sum_accepted,
    weigh_texts,
)

USED = (1, 7, 8, BLANK)  # symbols that tiny lines hold: all paths of them can be written out
FREE = build_constraint()


@st.composite
def tiny_lines(draw, most=5):
    steps = draw(st.integers(1, most))
    weights = draw(st.lists(st.lists(st.floats(0.02, 1), min_size=4, max_size=4), min_size=steps, max_size=steps))
    p = np.zeros((steps, SYMBOLS))
    p[:, USED] = np.array(weights) / np.sum(weights, axis=1, keepdims=True)
    return p


def log(p):
    with np.errstate(divide="ignore"):
        return np.log(p)


def collapse(path):
    return "".join(str(symbol) for symbol, _ in itertools.groupby(path) if symbol != BLANK)


def every_text(p):
    """Add up the probability of every path under its text."""
    texts = {}
    for path in itertools.product(USED, repeat=len(p)):
        text = collapse(path)
        texts[text] = texts.get(text, 0.0) + float(np.prod(p[range(len(p)), path]))
    return texts


@given(tiny_lines())
@settings(max_examples=40, deadline=None)
def test_a_text_weighs_what_its_paths_add_up_to(p):
    expected = every_text(p)
    assert np.exp(weigh_texts([log(p)], list(expected)))[0] == pytest.approx(list(expected.values()), rel=1e-9)


@given(tiny_lines(4))
@settings(max_examples=20, deadline=None)
def test_a_wide_beam_finds_every_text_with_its_probability(p):
    wide = DecodeParameters(beam=1000, least_probability=1e-9)
    found = {text.digits: float(np.exp(text.log_probability)) for text in search_texts(log(p), FREE, wide)}
    assert found == pytest.approx(every_text(p), rel=1e-9)


@given(tiny_lines(), st.sampled_from([("luhn", None), ("none", 2), ("luhn", 3), ("none", 1)]))
@settings(max_examples=60, deadline=None)
def test_under_a_constraint_the_best_accepted_text_is_found_and_all_of_them_are_summed(p, known):
    constraint = build_constraint(*known)
    accepted = {text: weight for text, weight in every_text(p).items() if constraint.accepts(text)}
    found = search_texts(log(p), constraint, DecodeParameters(beam=300))
    assert np.exp(sum_accepted(log(p), constraint)) == pytest.approx(sum(accepted.values()), rel=1e-9)
    assert bool(found) == bool(accepted)
    if accepted:
        assert accepted[found[0].digits] == pytest.approx(max(accepted.values()), rel=1e-6)


def test_a_narrow_beam_keeps_the_text_that_alone_can_still_satisfy_the_constraint():
    p = np.full((16, SYMBOLS), 1e-4)
    p[1::2, BLANK] = 1.0
    p[::2, 3], p[::2, BLANK] = 0.05, 0.95  # eight steps on which a digit is unlikely
    log_p = np.log(p / p.sum(axis=1, keepdims=True))
    narrow = DecodeParameters(beam=2)
    assert search_texts(log_p, FREE, narrow)[0].digits == ""
    assert search_texts(log_p, build_constraint(length=8), narrow)[0].digits == "33333333"


def test_a_constraint_too_large_for_completions_still_finds_a_text():
    p = np.full((9, SYMBOLS), 1e-3)
    p[::2, [4, 2]], p[1::2, BLANK] = 0.5, 1.0
    log_p = np.log(p / p.sum(axis=1, keepdims=True))
    luhn = build_constraint("luhn", 5)
    without = search_texts(log_p, luhn, DecodeParameters(beam=DECODE.beam, most_completions=0))
    assert luhn.accepts(without[0].digits)
    assert sum_accepted(log_p, luhn, DecodeParameters(most_completions=0)) is None
    assert sum_accepted(log_p, luhn) is not None


def test_lines_of_unequal_length_are_weighed_as_if_alone():
    rng = np.random.default_rng(3)
    lines = [np.log(rng.dirichlet(np.ones(SYMBOLS), steps)) for steps in (4, 9, 1)]
    texts = ["", "5", "55", "1234", "123456789"]
    together = weigh_texts(lines, texts)
    for line, row in zip(lines, together, strict=True):
        assert row == pytest.approx(weigh_texts([line], texts)[0])
    assert together[2, 3] == -np.inf


def test_long_lines_do_not_underflow():
    log_p = np.log(np.full((2000, SYMBOLS), 1 / SYMBOLS))
    assert np.isfinite(weigh_texts([log_p], ["123"])).all()
    assert np.isfinite(sum_accepted(log_p, build_constraint("luhn"), DecodeParameters(most_completions=10**9)))


@given(tiny_lines())
@settings(max_examples=40, deadline=None)
def test_the_alignment_is_the_likeliest_path_of_the_text(p):
    for text in ("", "7", "77", "18"):
        paths = [path for path in itertools.product(USED, repeat=len(p)) if collapse(path) == text]
        spans = align(log(p), text)
        assert bool(spans) == bool(paths and text)
        if spans:
            path = [BLANK] * len(p)
            for (start, stop), digit in zip(spans, text, strict=True):
                path[start:stop] = [int(digit)] * (stop - start)
            best = max(np.prod(p[range(len(p)), one]) for one in paths)
            assert collapse(path) == text
            assert np.prod(p[range(len(p)), path]) == pytest.approx(best)
