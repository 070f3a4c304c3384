"""Data and programs are named to the last bit."""

from typing import Any

from mnist_nn import Dataset, Model


def test_data_is_named_to_the_last_bit(page: Any, mnist: Dataset, model: Model) -> None:
    rows = page.table("file", "bytes", "SHA-256")
    assert [row[2] for row in rows] == [file.sha256 for file in mnist.files]
    assert model.data["sha256"] in page.text
