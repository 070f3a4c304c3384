"""scikit-learn's own checks: the real ones, strictly."""

from collections.abc import Callable

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is in the extra 'sklearn'")

from sklearn.utils.estimator_checks import parametrize_with_checks

from mnist_nn.estimator import MLPDigitClassifier

ROUNDING = "holds for dtype='float64'; the sums of float32 round differently in their seventh digit"
WEIGHTS = dict.fromkeys([f"check_sample_weight_equivalence_on_{kind}_data" for kind in ("dense", "sparse")], ROUNDING)


NOT_CONVERGED = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # checks fit few epochs


@pytest.mark.slow
@NOT_CONVERGED
@parametrize_with_checks([MLPDigitClassifier()], expected_failed_checks=lambda _: WEIGHTS, xfail_strict=True)
def test_scikit_learns_checks(estimator: MLPDigitClassifier, check: Callable[..., None]) -> None:
    check(estimator)


@pytest.mark.slow
@NOT_CONVERGED
@parametrize_with_checks([MLPDigitClassifier(dtype="float64")])
def test_scikit_learns_checks_without_exception(estimator: MLPDigitClassifier, check: Callable[..., None]) -> None:
    check(estimator)


@NOT_CONVERGED
@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_are_worth_repetitions(name: str) -> None:
    checks = __import__("sklearn.utils.estimator_checks", fromlist=[name])
    getattr(checks, name)("MLPDigitClassifier", MLPDigitClassifier(dtype="float64"))


@pytest.mark.slow
@NOT_CONVERGED
@parametrize_with_checks(
    [MLPDigitClassifier(engine="compiled")], expected_failed_checks=lambda _: WEIGHTS, xfail_strict=True
)
def test_scikit_learns_checks_of_the_compiled_engine(estimator: MLPDigitClassifier, check: Callable[..., None]) -> None:
    check(estimator)
