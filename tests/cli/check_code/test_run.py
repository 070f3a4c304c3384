"""Files run in a process of their own, and stop nothing else."""

from pathlib import Path

import pytest

from mnist_nn.cli.check_code.run import run


@pytest.mark.parametrize(
    ("text", "seconds", "error"),
    [
        (
            "while True: pass",
            1,
            "did not finish within 1 seconds; look for an endless loop, or give more with --time-limit",
        ),
        ("import os; os._exit(7)", 60, r"ended the process in which it ran (exit code 7); look for os._exit"),
        ("input()", 60, "stops when it is loaded: it asks for input"),
    ],
)
def test_what_would_stop_this_process_stops_its_own(text: str, seconds: float, error: str, tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(text, encoding="utf-8")
    assert error in run(tmp_path / "theirs.py", {}, seconds)["error"]


@pytest.mark.slow
def test_threads_and_prints_do_not_disturb_the_answer(tmp_path: Path) -> None:
    text = (
        "import os, threading, time\nos.write(1, b'{')\nprint('{')\n"
        "threading.Thread(target=time.sleep, args=(900,)).start()\ndef train(x, y, W1, W2): return None\n"
    )
    (tmp_path / "theirs.py").write_text(text, encoding="utf-8")
    assert run(tmp_path / "theirs.py", {}, 60)["text"] == "The code returns nothing, and changes no weights."
