"""What went wrong stands in the report; without a training there is no section."""

from mnist_nn import Model, Network, NetworkConfig, TrainingConfig, load_data, train
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import Missing, diagnosis


def written(learning_rate: float | None) -> str:
    data = load_data("mnist")
    config = TrainingConfig(subset=2000, epochs=3, learning_rate=learning_rate)
    *_, last = train(Network.create(NetworkConfig(activation="relu")), data, config, engine="reference")
    return str(diagnosis.write(Measurements("m", Model.of(last, config), data)))


def test_findings_are_listed_with_what_to_try() -> None:
    page = written(2.0)
    assert "ReLU units of hidden layer 1 output 0 for every image" in page
    assert "a learning rate of 0.01" in page
    assert "rules found anything wrong" in written(None)


def test_without_signs_there_is_no_section() -> None:
    assert isinstance(diagnosis.write(Measurements("m", Model(Network.create()), load_data("mnist"))), Missing)
