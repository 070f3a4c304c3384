"""Options for reading data whose files do not say everything: the label column, the orientation, the first label."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from mnist_nn.errors import ConfigError
from mnist_nn.util import checks

MOST_BASE = 65_535  # no label is larger


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """Options for reading data.

    Parameters
    ----------
    as_is
        Use pictures unchanged, instead of framing them like MNIST's. They must all have one size, with light ink on
        dark.
    label_column
        The name of the column with the labels in a table, or its number from 1 if there is no header; None to find it
        automatically.
    transpose
        Exchange rows and columns of every image, which EMNIST's files need.
    label_base
        The label of the first class, which is subtracted from numbers: 1 for EMNIST's letters.

    Raises
    ------
    ConfigError
        If an option is invalid.

    Examples
    --------
    >>> ReadOptions(transpose=True, label_base=1).to_dict()
    {'transpose': 'True', 'label_base': '1'}
    """

    as_is: bool = False
    label_column: str | None = None
    transpose: bool = False
    label_base: int = 0

    def __post_init__(self) -> None:
        checks.integer("label_base", self.label_base, 0, MOST_BASE)
        if self.label_column is not None and not isinstance(self.label_column, str):
            raise ConfigError(f"label_column is {checks.describe(self.label_column)}; give the name of a column")

    def to_dict(self) -> dict[str, str]:
        """Return the options that differ from the defaults as text, for a model file."""
        defaults = asdict(ReadOptions())
        return {name: str(value) for name, value in asdict(self).items() if value != defaults[name]}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Build options from the result of `to_dict`, among other entries.

        Examples
        --------
        >>> ReadOptions.from_dict({"name": "letters", "transpose": "True", "label_base": "1"})
        ReadOptions(as_is=False, label_column=None, transpose=True, label_base=1)
        """
        column, base = kept.get("label_column"), kept.get("label_base", 0)
        flags = {name: str(kept.get(name)) == "True" for name in ("as_is", "transpose")}
        return cls(label_column=column, label_base=int(base), **flags)
