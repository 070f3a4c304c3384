"""What the process answers in which a student's file runs."""

import json
from pathlib import Path

from mnist_nn.cli.check_code.worker import check_file


def test_a_file_is_checked_with_its_settings(tmp_path: Path) -> None:
    path = tmp_path / "theirs.py"
    path.write_text("def train(a, y, W1, W2, lr): return a\n", encoding="utf-8")
    assert "it is not clear what the parameter 'a'" in json.loads(check_file(str(path), {}))["error"]
    answer = json.loads(check_file(str(path), {"meant": {"a": "x"}}))
    assert (answer["file"], answer["passed"]) == (str(path), False)
    assert answer["text"].startswith("The code returns an array of shape (4, 12)")
