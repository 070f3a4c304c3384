"""A search by Optuna's tree-structured Parzen estimator: each batch is drawn where earlier results were good.

Batches have a fixed size, and what is drawn depends only on the seed and on the results of earlier batches, in their
order. So neither threads nor a kill change it. Optuna is an extra; only this module uses it.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from mnist_nn.errors import MissingExtraError
from mnist_nn.experiments.search import Rounds
from mnist_nn.experiments.space import Axis, Configuration, Settings
from mnist_nn.experiments.sweep import Candidate
from mnist_nn.util import randomness

BATCH = 10  # configurations drawn at once; the first batch is drawn at random


def import_optuna() -> Any:
    """Import Optuna.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import optuna  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("--search tpe needs Optuna; install it with: pip install 'mnist-nn[tpe]'") from error
    return optuna


def search_by_tpe(axes: Sequence[Axis], build: Callable[[Settings], Configuration], count: int, seed: int) -> Rounds:
    """Draw configurations in batches, by a tree-structured Parzen estimator (Bergstra et al., NIPS 2011).

    Parameters
    ----------
    axes
        The settings that vary.
    build
        Makes the configuration of some settings.
    count
        How many to draw. One that was drawn before is not trained again.
    seed
        What is drawn depends on it and on the results.

    Raises
    ------
    MissingExtraError
        If Optuna is not installed.
    """
    study = _create_study(seed)
    distributions = {axis.name: _choose_distribution(axis) for axis in axes}
    numbers: dict[Any, int] = {}
    accuracies: dict[int, float] = {}
    for start in range(0, count, BATCH):
        asked = [study.ask(distributions) for _ in range(min(BATCH, count - start))]
        drawn, new = [], []
        for trial in asked:
            one = build(_read_settings(axes, trial.params))
            name = one.shape, one.training
            if name not in numbers:
                numbers[name] = len(numbers) + 1
                new.append(Candidate(numbers[name], one))
            drawn.append(numbers[name])
        if new:
            results = yield new
            accuracies |= {one.number: one.summary.mean if one.summary and not one.diverged else 0.0 for one in results}
        for trial, number in zip(asked, drawn, strict=True):
            study.tell(trial, accuracies[number])


def _create_study(seed: int) -> Any:
    """Create a study in memory, without Optuna's own message about it."""
    optuna = import_optuna()
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            # Trials of the same batch count as bad ones until their results are told, so that they differ.
            sampler = optuna.samplers.TPESampler(
                n_startup_trials=BATCH,
                multivariate=True,
                constant_liar=True,
                seed=randomness.fold(randomness.key(seed), randomness.SWEEP).k0,
            )
        return optuna.create_study(direction="maximize", sampler=sampler)
    finally:
        optuna.logging.set_verbosity(before)


def _choose_distribution(axis: Axis) -> Any:
    """Choose how Optuna sees an axis: a share of a range, the position of a number in a list, or a name."""
    distributions = import_optuna().distributions
    if not axis.values:
        return distributions.FloatDistribution(0.0, 1.0)
    if _is_ordered(axis.values):
        return distributions.IntDistribution(0, len(axis.values) - 1)
    return distributions.CategoricalDistribution(range(len(axis.values)))


def _is_ordered(values: Sequence[Any]) -> bool:
    numbers = [value for value in values if isinstance(value, int | float) or _is_width(value)]
    return len(numbers) == len(values) and list(values) == sorted(values)


def _is_width(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, int) for one in value)


def _read_settings(axes: Sequence[Axis], drawn: Settings) -> Settings:
    return {axis.name: axis.values[drawn[axis.name]] if axis.values else axis.draw(drawn[axis.name]) for axis in axes}
