"""Every exit code that docs/reference/cli.md lists, by a real run."""

import re
import signal
import subprocess
import sys
from pathlib import Path

from patience import PATIENCE

from mnist_nn import Model, Network, save_model
from mnist_nn.cli.common.exit_codes import INTERRUPTED

DOCS = Path(__file__).parents[3] / "docs"


def code_of(folder: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "mnist_nn", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=PATIENCE).returncode


def test_each_exit_code_by_a_real_run(tmp_path: Path) -> None:
    m = save_model(tmp_path / "m.safetensors", Model(Network.create())).name
    listed = re.findall(r"^\| (\d+) \|", (DOCS / "reference" / "cli.md").read_text(encoding="utf-8"), re.MULTILINE)
    save_model(tmp_path / "other.safetensors", Model(Network.create(seed=1)))
    found = {
        code_of(tmp_path, "export", m, "--to", "npz"): "0",
        code_of(tmp_path, "verify", "other.safetensors", "m.npz"): "1",
        code_of(tmp_path, "evaluate", "missing"): "2",
        interrupted(tmp_path): str(INTERRUPTED),
    }
    assert found == {int(code): code for code in listed}


def interrupted(folder: Path) -> int:
    command = ["train", "--engine", "reference", "--subset", "6000", "--epochs", "500"]
    running = subprocess.Popen(
        [sys.executable, "-m", "mnist_nn", *command], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr
    running.stderr.readline()
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=PATIENCE)
    return running.returncode


def test_exit_code_0_for_questions(tmp_path: Path) -> None:
    for arguments in ((), ("--help",), ("train", "-h"), ("data",)):
        assert code_of(tmp_path, *arguments) == 0
