"""What a checked sample proves, against SciPy's exact interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from mnist_nn.cli.audit.finding import count_to_draw, find
from mnist_nn.cli.audit.sample import AuditRow

RIGHT, WRONG, OPEN = (AuditRow("a", "1", "", "7", right) for right in ("7", "1", " "))


@given(st.integers(0, 300), st.integers(0, 20), st.integers(0, 20))
def test_the_bound_is_the_exact_one_of_what_was_checked(right: int, wrong: int, left: int) -> None:
    found = find([RIGHT] * right + [OPEN] * left + [WRONG] * wrong, 0.05)
    assert (found.sampled, found.checked, found.wrong) == (right + left + wrong, right + wrong, wrong)
    checked = max(found.checked, 1)
    exact = binomtest(min(wrong, checked), checked, alternative="less").proportion_ci(0.95, method="exact").high
    assert found.bound == pytest.approx(exact if found.checked else 1.0, abs=1e-9)
    assert found.proved == (found.bound <= 0.05)


@given(st.floats(0.001, 0.5), st.integers(0, 20))
def test_so_many_prove_it_and_one_fewer_does_not(limit: float, allowed: int) -> None:
    count = count_to_draw(limit, allowed)
    assert find([WRONG] * allowed + [RIGHT] * (count - allowed), limit).proved
    assert not find([WRONG] * allowed + [RIGHT] * (count - allowed - 1), limit).proved
