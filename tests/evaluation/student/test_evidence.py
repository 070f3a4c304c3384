"""What counts as equal, and which pairs of faults are found."""

import numpy as np
import pytest

from mnist_nn.evaluation.student.evidence import Evidence, Observation, explain_by_one, explain_by_two, numbers_with
from mnist_nn.evaluation.student.faults import known_faults
from mnist_nn.evaluation.student.quantities import Case, Quantity, draw_case, right_numbers
from mnist_nn.nn.config import NetworkConfig


@pytest.fixture
def case() -> Case:
    return draw_case(NetworkConfig(inputs=9, hidden=(6,), outputs=5), "classic_mse", 4, 0)


def shown(case: Case, kinds: str, given: dict[Quantity, np.ndarray] | None = None) -> Observation:
    numbers = right_numbers(case) if given is None else given
    return Observation(
        case, "out,in", tuple(Evidence("it", (q,), v) for q, v in numbers.items() if q.kind in kinds.split())
    )


def test_signs_and_factors_are_free_only_if_the_update_proves_them(case: Case) -> None:
    q, right = Quantity("dW", 1), right_numbers(case)
    alone = Observation(case, "out,in", (Evidence("it", (q,), -right[q]),))
    with_update = Observation(case, "out,in", (*alone.evidence, *shown(case, "W").evidence))
    assert not alone.explains(right)
    assert with_update.explains(right)


def test_rounding_is_equal_and_a_thousandth_is_not(case: Case) -> None:
    q, right = Quantity("delta", 1), right_numbers(case)
    for factor, equal in ((1 + 1e-8, True), (1.001, False)):
        seen = Observation(case, "out,in", (Evidence("it", (q,), right[q] * factor),))
        assert seen.explains(right) == equal
    assert not Observation(case, "out,in", (Evidence("it", (q,), right[q] * np.nan),)).explains(right)


def test_the_first_difference_has_its_place(case: Case) -> None:
    right = right_numbers(case)
    changed = {q: v.copy() for q, v in right.items()}
    changed[Quantity("delta", 1)][2, 3] += 1
    changed[Quantity("W", 1)][0, 0] += 5
    found = shown(case, "z a delta W", changed).first_difference(right)
    assert found
    assert (found.quantity, found.at) == (Quantity("delta", 1), (2, 3))
    assert found.yours == pytest.approx(found.right + 1)


def test_pairs_drawn_at_random_are_found(case: Case) -> None:
    faults, rng = known_faults(case), np.random.default_rng(0)
    tried = 0
    while tried < 5:
        one, two = (faults[int(i)] for i in rng.choice(len(faults), 2, replace=False))
        given = numbers_with(case, (one, two))
        if given is None or one.name == two.name or "L" in {one.quantity.kind, two.quantity.kind}:
            continue
        if any(np.isnan(value).any() for value in given.values()):
            continue  # a transposed gradient cannot update
        seen = shown(case, "a dW db W b", dict(given))
        if seen.explains(right_numbers(case)) or explain_by_one(seen, faults):
            continue  # one hides the other
        tried += 1
        found = explain_by_two(seen, faults)
        assert (one, two) in found or (two, one) in found
