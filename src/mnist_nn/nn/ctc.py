"""Connectionist Temporal Classification: a loss for a sequence of outputs whose labels have no known positions.

A network that is slid along a line gives the probabilities of ten digits and of a blank at every step. There are far
more steps than digits. CTC (Graves, Fernández, Gomez, Schmidhuber, ICML 2006) adds up the probabilities of all ways to
spread the digits over the steps. Its gradient with respect to the network's z is softmax(z) - γ, where γ is the
probability of each class at each step *given the right labels*. That is the gradient of a cross-entropy with the soft
targets γ, which every engine can learn. docs/explanation/ctc.md derives it. No network is run here.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Labels = npt.NDArray[np.integer[Any]]
NEVER = -1e30
"""Stands for ln 0, also in float32: so low that its exp is 0, but finite, so that two of them can be subtracted."""
IMPOSSIBLE = NEVER / 10  # a sum of logarithms below this holds ln 0 at least once


def log_softmax(z: Array) -> Array:
    """Return ln softmax(z) over the last axis, in the type of z.

    Examples
    --------
    >>> log_softmax(np.zeros((1, 4))).round(4).tolist()
    [[-1.3863, -1.3863, -1.3863, -1.3863]]
    """
    shifted = z - z.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def ctc_loss(log_probabilities: Array, labels: Sequence[int] | Labels, blank: int = -1) -> tuple[float, Array]:
    """Return -ln p(labels | z) of one line and the soft targets γ; this is the plain form, meant for reading.

    Parameters
    ----------
    log_probabilities
        ln softmax(z) of every step, shape (steps, classes).
    labels
        The digits of the line, whole numbers, shape (digits,).
    blank
        The class that stands for no digit; by default the last.

    Returns
    -------
    The loss in nats, and γ, float64 of shape (steps, classes), whose rows sum to one. If there are too few steps for
    the labels, the loss is infinite and γ is softmax(z), so that nothing is learned from the line.

    Examples
    --------
    With two steps, one digit can be written as "7 7", "7 blank" or "blank 7"; only "blank blank" is left over:

    >>> loss, gamma = ctc_loss(np.log(np.full((2, 2), 0.5)), [0])
    >>> round(math.exp(-loss), 4), gamma.round(4).tolist()
    (0.75, [[0.6667, 0.3333], [0.6667, 0.3333]])
    """
    y = np.maximum(np.asarray(log_probabilities, np.float64), NEVER)
    steps, classes = y.shape
    blank %= classes
    states = [blank]  # a digit stands in every odd state, a blank in every even one
    for label in labels:
        states += [int(label), blank]
    last = len(states) - 1

    def leads(s: int, t: int) -> bool:  # from state s at one step to state t at the next
        jumps = t == s + 2 and states[t] not in {blank, states[s]}  # over a blank, between unlike digits
        return t in {s, s + 1} or jumps

    alpha = np.full((steps, last + 1), NEVER)  # ln of all ways to begin that are in state s at step t, step t included
    beta = np.full((steps, last + 1), NEVER)  # ln of all ways to go on from there, step t left out
    for s in range(min(2, last + 1)):
        alpha[0, s] = y[0, states[s]]
        beta[-1, last - s] = 0.0
    for t in range(1, steps):
        for s in range(last + 1):
            ways = [alpha[t - 1, r] for r in range(s + 1) if leads(r, s)]
            alpha[t, s] = np.logaddexp.reduce(ways) + y[t, states[s]]
    for t in reversed(range(steps - 1)):
        for s in range(last + 1):
            ways = [y[t + 1, states[r]] + beta[t + 1, r] for r in range(s, last + 1) if leads(s, r)]
            beta[t, s] = np.logaddexp.reduce(ways)
    whole = float(np.logaddexp.reduce(alpha[-1, -2:]))
    if whole < IMPOSSIBLE:
        return math.inf, np.exp(y)
    gamma = np.zeros((steps, classes))
    for s, label in enumerate(states):
        gamma[:, label] += np.exp(alpha[:, s] + beta[:, s] - whole)
    return -whole, gamma


def ctc_posteriors(
    log_probabilities: Array, steps: Labels, labels: Labels, lengths: Labels, blank: int = -1
) -> tuple[Array, Array]:
    """Return the loss and the soft targets γ of many lines at once; see `ctc_loss`.

    Parameters
    ----------
    log_probabilities
        ln softmax(z), float32 or float64, shape (lines, most steps, classes); values after a line's end are ignored.
    steps
        Number of steps in each line, at least one, whole numbers, shape (lines,).
    labels
        Digits of each line, whole numbers, shape (lines, most digits); values after a line's end are ignored.
    lengths
        Number of digits in each line, whole numbers, shape (lines,).
    blank
        The class that stands for no digit; by default the last.

    Returns
    -------
    The losses in nats, shape (lines,), and γ, which has the shape of the probabilities and is zero after a line's end.
    Both have the type of the probabilities. If there are too few steps for the labels, the loss is infinite and γ is
    softmax(z).

    Examples
    --------
    >>> y = np.log(np.full((2, 3, 3), 1 / 3))
    >>> losses, gamma = ctc_posteriors(y, np.array([3, 2]), np.array([[0, 1], [1, 1]]), np.array([2, 2]))
    >>> np.exp(-losses).round(4).tolist(), gamma[0, 0].round(4).tolist()
    ([0.1852, 0.0], [0.8, 0.0, 0.2])
    """
    lines, most_steps, classes = log_probabilities.shape
    blank %= classes
    row = np.arange(lines)[:, None]
    t, s, digit = (np.arange(count) for count in (most_steps, 2 * labels.shape[1] + 1, labels.shape[1]))
    inside = t < steps[:, None]
    y = np.where(inside[..., None], np.maximum(log_probabilities, NEVER), 0)
    text = np.where(digit < lengths[:, None], labels, blank)
    # The same lines from their ends, where beta is alpha: below the others, so that one loop fills both.
    back_t, back_s, back_digit = (steps - 1)[:, None] - t, 2 * lengths[:, None] - s, (lengths - 1)[:, None] - digit
    states, jumps = _states(np.concatenate([text, text[row, np.maximum(back_digit, 0)]]), blank)
    both = np.concatenate([y, y[row, np.maximum(back_t, 0)]])
    scores = np.take_along_axis(both, states[:, None], axis=2).swapaxes(0, 1)
    alpha, backward = np.split(_ways_to_begin(scores, jumps).swapaxes(0, 1), 2)
    beta = backward[row[..., None], np.maximum(back_t, 0)[..., None], np.maximum(back_s, 0)[:, None]]

    whole = _whole(alpha[np.arange(lines), steps - 1], lengths)
    possible = whole > IMPOSSIBLE
    # Both sums hold the step's own score, so it is taken off once.
    together = alpha + beta - scores.swapaxes(0, 1)[:lines] - np.where(possible, whole, 0)[:, None, None]
    shares = np.exp(np.where(inside[..., None] & (back_s >= 0)[:, None], together, NEVER))
    gamma = np.matmul(shares[..., 1::2], (text[..., None] == np.arange(classes)).astype(y.dtype))
    gamma[..., blank] += shares[..., 0::2].sum(axis=-1)
    gamma[~possible] = np.exp(y[~possible]) * inside[~possible, :, None]
    return np.where(possible, -whole, np.inf).astype(y.dtype), gamma


def _whole(ends: Array, lengths: Labels) -> Array:
    """Return ln p(labels | z), summed over paths that end in the last blank or the last digit."""
    places = 2 * lengths[:, None] - np.array([0, 1])
    found = np.take_along_axis(ends, np.maximum(places, 0), axis=1)
    return np.asarray(np.logaddexp.reduce(np.where(places < 0, NEVER, found), axis=1))


def _states(labels: Labels, blank: int) -> tuple[Labels, Array]:
    """Return each state's class, blanks included, and 0 if the blank before it may be skipped, else `NEVER`."""
    lines, most = labels.shape
    states = np.full((lines, 2 * most + 1), blank)
    states[:, 1::2] = labels
    jumps = np.full(states.shape, NEVER)
    jumps[:, 3::2] = np.where(labels[:, 1:] == labels[:, :-1], NEVER, 0.0)
    return states, jumps


def _ways_to_begin(scores: Array, jumps: Array) -> Array:
    """Return α: ln of the sum over all paths that reach a state at a step, of shape (steps, lines, states)."""
    jumps = jumps.astype(scores.dtype)
    alpha = np.full((*scores.shape[:2], scores.shape[2] + 2), NEVER, scores.dtype)  # two columns before the first state
    alpha[0, :, 2:4] = scores[0, :, :2]
    for t in range(1, len(scores)):
        stay, step, jump = alpha[t - 1, :, 2:], alpha[t - 1, :, 1:-1], alpha[t - 1, :, :-2] + jumps
        top = np.maximum(np.maximum(stay, step), jump)
        mass = np.exp(stay - top) + np.exp(step - top) + np.exp(jump - top)
        alpha[t, :, 2:] = top + np.log(mass) + scores[t]
    return alpha[:, :, 2:]


def greedy(log_probabilities: Array, steps: Labels, blank: int = -1) -> list[tuple[int, ...]]:
    """Read each line by the most probable class of every step: repeats are merged, and blanks are removed.

    Parameters
    ----------
    log_probabilities
        Any scores that increase with the probability, shape (lines, most steps, classes).
    steps
        Number of steps in each line, shape (lines,).
    blank
        The class that stands for no digit; by default the last.

    Examples
    --------
    >>> greedy(np.eye(3)[[[0, 0, 2, 0, 1, 1]]], np.array([6]))
    [(0, 0, 1)]
    """
    best = log_probabilities.argmax(axis=-1)
    blank %= log_probabilities.shape[-1]
    begins = np.ones(best.shape, bool)
    begins[:, 1:] = best[:, 1:] != best[:, :-1]
    begins &= (best != blank) & (np.arange(best.shape[1]) < steps[:, None])
    return [tuple(line[begin].tolist()) for line, begin in zip(best, begins, strict=True)]
