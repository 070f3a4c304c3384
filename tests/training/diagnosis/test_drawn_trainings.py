"""Trainings drawn by a generator are named rightly; on the deciding seed nothing was chosen."""

import pytest
from drawn_trainings import draw_trainings, run

DECIDING_SEED = 6
BAD = GOOD = 30


@pytest.mark.slow
def test_bad_trainings_are_named_and_good_ones_are_not() -> None:
    missed, alarms = [], []
    for number, training in enumerate(draw_trainings(DECIDING_SEED, BAD, GOOD)):
        _, names = run(training, 1000 * DECIDING_SEED + number)
        if training.fault and training.fault not in names[:2]:
            missed.append((training.fault, names, training.network, training.training))
        if not training.fault and names:
            alarms.append((names, training.network, training.training))
    assert missed == []
    assert len(alarms) <= 1, alarms
