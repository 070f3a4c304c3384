"""The Croissant description of the embedded data describes the files that are there."""

import hashlib
import json
from importlib.resources import files

EMBEDDED = files("mnist_nn") / "data" / "embedded"
DESCRIPTION = json.loads((EMBEDDED / "croissant.json").read_text("utf-8"))


def test_every_file_is_described_as_it_is() -> None:
    described = {one["name"]: one for one in DESCRIPTION["distribution"]}
    files = [file for file in EMBEDDED.iterdir() if file.name.endswith(".gz")]
    assert set(described) == {file.name for file in files}
    for file in files:
        content = file.read_bytes()
        assert described[file.name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert described[file.name]["contentSize"] == f"{len(content)} B"


def test_labels_are_the_ten_digits() -> None:
    (digits,) = DESCRIPTION["recordSet"]
    assert [row["digits/label"] for row in digits["data"]] == list(range(10))
