import pytest

from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import ConfigError


def test_what_differs_from_the_defaults_survives_a_model_file() -> None:
    options = ReadOptions(as_is=True, label_column="letter", transpose=True, label_base=1)
    assert ReadOptions.from_dict({"name": "x", **options.to_dict()}) == options
    assert ReadOptions().to_dict() == {}


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="label_base is -1"):
        ReadOptions(label_base=-1)
    with pytest.raises(ConfigError, match="label_column is 3; give the name of a column"):
        ReadOptions(label_column=3)  # type: ignore[arg-type]
