"""Warnings about data: that a model was trained on other data, and what is unusual about the user's own data."""

import sys
from typing import TYPE_CHECKING

from mnist_nn.cli.common.terminal import say

if TYPE_CHECKING:
    from mnist_nn.data import Dataset
    from mnist_nn.model_file.storage import Model


def say_other_data(model: "Model", data: "Dataset") -> None:
    """If the data sets differ, name both in one line on standard error."""
    if other := data.describe_other(model.data):
        say(f"mnist-nn: {other}", file=sys.stderr)


def say_remarks(data: "Dataset") -> None:
    """Say on standard error what is unusual about the user's own data; nothing is said about built-in data sets."""
    from mnist_nn.data import NAMES, inspect

    if data.name not in NAMES:
        for line in inspect(data).lines:
            say(f"mnist-nn: {line}", file=sys.stderr)
