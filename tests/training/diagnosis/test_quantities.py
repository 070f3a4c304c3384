import pytest

from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.training.checkpoint import Scores
from mnist_nn.training.diagnosis.quantities import compute_quantities
from mnist_nn.training.diagnosis.signs import Signs

SIGNS = Signs(
    epoch=2, samples=1000, classes=10, label_kinds=10, largest_class=0.2, input_rms=0.3, input_spread=0.2, accuracy=0.5,
    unnamed=0, dead=(0.25, 0.5), saturated=(0, 0), equal=(0, 0), gradients=(1e-3, 1e-2, 1e-1), weights=(1, 1, 1),
)  # fmt: skip
SHAPE = NetworkConfig(hidden=(8, 6), activation="relu")


def row(epoch: int, loss: float, accuracy: float, **held_out: float) -> Scores:
    return Scores(epoch, loss, loss, accuracy, 0.1, 1.0, **held_out)


def test_every_number_by_hand() -> None:
    config = TrainingConfig(learning_rate=0.1, batch_size=10, l2=0.01, epochs=2)
    history = [row(1, 2.0, 0.3, validation_loss=1.0, validation_accuracy=0.3),
               row(2, 1.5, 0.6, validation_loss=1.2, validation_accuracy=0.4)]  # fmt: skip
    found = compute_quantities(SHAPE, config, history, [SIGNS])
    assert found["advantage"] == pytest.approx((0.6 - 0.2) / 0.8)
    assert found["updates"] == 200
    assert found["decay"] == pytest.approx(0.01 * 0.1 * 100)
    assert found["rate_ratio"] == pytest.approx(0.1 / (0.01 * 10**0.9))
    assert (found["loss_peak"], found["loss_fall"]) == (0.75, 0.25)
    assert (found["gap"], found["validation_peak"]) == (pytest.approx(0.2), pytest.approx(1.2))
    assert (found["dead"], found["dead_layer"], found["dead_units"]) == (0.5, 2, 3)
    assert found["first_gradient"] == pytest.approx(0.01)
    assert found["narrowest"] == 6


def test_frozen_layers_are_not_blamed() -> None:
    found = compute_quantities(SHAPE, TrainingConfig(freeze=1), [row(1, 2.0, 0.3)], [SIGNS])
    assert (found["frozen"], found["layers"]) == (1, 1)
    assert (found["dead"], found["dead_layer"], found["dead_units"]) == (0.5, 2, 3)
    assert found["first_gradient"] == pytest.approx(0.1), "of the first layer that learns"
    all_hidden = compute_quantities(SHAPE, TrainingConfig(freeze=2), [row(1, 2.0, 0.3)], [SIGNS])
    assert (all_hidden["dead"], all_hidden["layers"], all_hidden["first_gradient"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("settings", "distortion"),
    [
        ({}, 0),
        ({"augment": "rotation=36"}, 2),
        ({"augment": "shift=8,rotation=9"}, 8),
        ({"augment": "alpha=34,sigma=2"}, 4),
        ({"augmentation": "elastic", "augment": "stretch=0.45"}, 3),
    ],
)
def test_distortions_are_compared_with_those_of_the_presets(settings: dict[str, str], distortion: float) -> None:
    found = compute_quantities(SHAPE, TrainingConfig(**settings), [row(1, 2.0, 0.3)], [SIGNS])  # type: ignore[arg-type]
    assert found["distortion"] == pytest.approx(distortion)


def test_what_cannot_be_known_is_left_out() -> None:
    found = compute_quantities(SHAPE, TrainingConfig(), [row(1, 2.0, 0.3)], [SIGNS])
    assert not {"gap", "loss_fall"} & set(found)
