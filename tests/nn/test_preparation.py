"""The text that says how pictures are prepared: what it means, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.errors import ConfigError
from mnist_nn.nn.config import NetworkConfig, fit_data
from mnist_nn.nn.preparation import Steps

STEPS = st.builds(
    Steps,
    deskew=st.booleans(),
    crop=st.none() | st.integers(1, 99),
    pool=st.integers(1, 9),
    components=st.none() | st.integers(1, 999),
    standardize=st.booleans(),
)


@given(STEPS, st.randoms())
def test_the_text_of_steps_means_these_steps_in_any_order(steps: Steps, order: object) -> None:
    parts = steps.text.split(",")
    order.shuffle(parts)  # type: ignore[attr-defined]
    assert Steps.parse(" , ".join(parts)) == steps
    assert NetworkConfig(prepare=steps.text).prepare == steps.text


@given(STEPS)
def test_what_is_not_linear_is_left(steps: Steps) -> None:
    assert steps.folded == Steps(deskew=steps.deskew)
    assert steps.is_linear == (steps.text not in {"", "deskew"})


@pytest.mark.parametrize(
    ("text", "pixels", "inputs"),
    [
        ("", 5, 5),
        ("none", 784, 784),
        ("deskew", 784, 784),
        ("crop=24,pool=2", 784, 144),
        ("pool=7", 784, 16),
        ("crop=3", 25, 9),
        ("standardize", 5, 5),
        ("components=3", 5, 3),
        ("crop=24,pool=2,components=100,standardize", 784, 100),
    ],
)
def test_inputs_are_counted(text: str, pixels: int, inputs: int) -> None:
    assert Steps.parse(text).count_inputs(pixels) == inputs
    assert fit_data(NetworkConfig(prepare=text), pixels, 3).sizes == (inputs, 20, 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shear", "unknown prepare 'shear'; choose one of: deskew, crop, pool, components, standardize"),
        ("crop", "prepare has crop ''; give a positive whole number, such as crop=2"),
        ("crop=0", "prepare has crop '0'"),
        ("pool=2.5", "prepare has pool '2.5'"),
        ("components=-1", "prepare has components '-1'"),
        ("deskew=1", "prepare has deskew='1', but deskew takes no number; give only deskew"),
        ("pool=2,pool=2", "prepare has pool twice; give it once"),
        (3, "prepare is 3; give steps as text"),
    ],
)
def test_other_text_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        NetworkConfig(prepare=text)


@pytest.mark.parametrize(
    ("text", "pixels", "said"),
    [
        ("pool=2", 12, "needs square pictures, but a sample has 12 values"),
        ("deskew", 12, "needs square pictures"),
        ("deskew", 65 * 65, "only pictures of up to 64×64 pixels are deskewed, not 65×65"),
        ("crop=30", 784, "crop=30, but the pictures have 28×28 pixels; keep a number of rows up to 28 that is even"),
        ("crop=23", 784, "crop=23"),
        ("crop=24,pool=5", 784, "pool=5, but 24 rows and columns cannot be divided by it; give one of 1, 2, 3, 4, 6"),
        ("components=6", 5, "components=6, but there are only 5 values"),
    ],
)
def test_pictures_that_cannot_be_prepared_are_refused(text: str, pixels: int, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Steps.parse(text).count_inputs(pixels)
