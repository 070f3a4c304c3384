"""Pictures show the weights, the digits and the counts that they are given."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure

from mnist_nn import Dataset, Network, NetworkConfig, evaluate, plots
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.metrics import Evaluation

IMAGES = np.zeros((3, 28, 28), np.uint8)


@pytest.fixture(scope="module")
def evaluation(mnist: Dataset) -> Evaluation:
    return evaluate(Network.create(), mnist.test.take(range(500)))


def test_confusion_writes_the_counts_and_colours_the_mistakes(evaluation: Evaluation) -> None:
    (axes,) = plots.confusion(evaluation).axes
    counts = evaluation.confusion
    found = {(int(t.get_position()[1]), int(t.get_position()[0])): int(t.get_text()) for t in axes.texts}
    assert found == {(int(i), int(j)): int(counts[i, j]) for i, j in zip(*np.nonzero(counts), strict=True)}
    shown = axes.images[0].get_array()
    off = ~np.eye(10, dtype=bool)
    np.testing.assert_allclose(shown[off], (counts / counts.sum(axis=1, keepdims=True))[off])
    assert np.ma.getmaskarray(np.ma.masked_invalid(shown)).diagonal().all()


@pytest.mark.parametrize("hidden", [(6,), ()])
def test_weight_images_are_the_weights(hidden: tuple[int, ...]) -> None:
    network = Network.create(NetworkConfig(hidden=hidden))
    figure = plots.weight_images(network)
    assert len(figure.axes) == len(network.weights[0])
    for axes, row in zip(figure.axes, network.weights[0], strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), row.reshape(28, 28))
    assert figure.axes[0].get_title() == ("unit 0" if hidden else "class 0")


def test_some_units_and_other_shapes_and_layers() -> None:
    network = Network.create(NetworkConfig(inputs=12, hidden=(6, 5)))
    figure = plots.weight_images(network, units=[4, 1], shape=(3, 4))
    assert [axes.get_title() for axes in figure.axes] == ["unit 4", "unit 1"]
    np.testing.assert_array_equal(figure.axes[1].images[0].get_array(), network.weights[0][1].reshape(3, 4))
    for layer, below, above in ((1, "unit of layer 1", "unit of layer 2"), (2, "unit of layer 2", "class")):
        axes = plots.weight_images(network, layer).axes[0]
        np.testing.assert_array_equal(axes.images[0].get_array(), network.weights[layer])
        assert (axes.get_xlabel(), axes.get_ylabel()) == (below, above)


@pytest.mark.parametrize(
    ("layer", "shape", "says"), [(2, None, "layer is 2"), (0, (3, 5), "3 by 5"), (0, None, "3 by 3")]
)
def test_weights_that_are_no_pictures_are_refused(layer: int, shape: tuple[int, int] | None, says: str) -> None:
    network = Network.create(NetworkConfig(inputs=12))
    with pytest.raises(ConfigError, match=says):
        plots.weight_images(network, layer, shape=shape)


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (lambda: plots.weight_images(Network.create(), units=[20]), "unit is 20; layer 0 has units 0 to 19"),
        (lambda: plots.weight_images(Network.create(), units=[-1]), "unit is -1"),
        (lambda: plots.digits(IMAGES, ["a"]), "there are 1 titles"),
        (lambda: plots.digits(IMAGES.reshape(3, -1), ["a"] * 3), r"shape \(3, 784\)"),
        (lambda: plots.digits(IMAGES, ["a"] * 3, columns=0), "columns is 0"),
    ],
)
def test_what_cannot_be_drawn_is_said(draw: Callable[[], Figure], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        draw()


def test_digits_are_the_images(mnist: Dataset) -> None:
    images = mnist.test.images[:9]
    figure = plots.digits(images, list("721041495"), columns=4)
    for axes, image in zip(figure.axes, images, strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), image)
    places = [axes.get_position().bounds[:2] for axes in figure.axes]
    assert len(set(places)) == 9
    assert all(0 <= value <= 1 for place in places for value in place)
