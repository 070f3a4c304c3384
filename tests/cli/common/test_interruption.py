"""Signals that ask a program to end: heard from its beginning on, without a traceback, and as Ctrl-C is."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from patience import PATIENCE

from mnist_nn.cli.common.interruption import SIGNALS, hearing, interrupt, listen

SENT_WHILE_LOADING = """
import os, runpy, sys

number, module = int(sys.argv[1]), sys.argv[2]

class Sender:
    def find_spec(self, name, *_):
        if name == module:
            os.kill(os.getpid(), number)

sys.meta_path.insert(0, Sender())
sys.argv = ["mnist-nn", "train", "--engine", "reference"]
runpy.run_module("mnist_nn", run_name="__main__")
"""


@pytest.mark.parametrize("module", ["typer", "mnist_nn.cli.commands.train", "mnist_nn.cli.common.completion", "numpy"])
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_while_the_program_loads_gets_one_line(tmp_path: Path, number: signal.Signals, module: str) -> None:
    command = [sys.executable, "-c", SENT_WHILE_LOADING, str(int(number)), module]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "mnist-nn: stopped at once; nothing more was saved\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", SIGNALS)
def test_each_signal_interrupts_inside_and_is_as_before_outside(number: signal.Signals) -> None:
    before = [signal.getsignal(one) for one in SIGNALS]
    with pytest.raises(KeyboardInterrupt), hearing(interrupt):
        signal.raise_signal(number)
    assert [signal.getsignal(one) for one in SIGNALS] == before


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_that_is_ignored_stays_so_unless_it_is_named(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with hearing(interrupt):
            signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt), hearing(interrupt, even_ignored=(number,)):
            signal.raise_signal(number)
    finally:
        signal.signal(number, before)


def test_other_threads_leave_signals_alone() -> None:
    heard: list[object] = []
    thread = threading.Thread(target=lambda: heard.append(listen(interrupt)))
    thread.start()
    thread.join(PATIENCE)
    assert heard == [{}]


def test_a_process_without_standard_error_ends_all_the_same() -> None:
    code = "import os; from mnist_nn.cli.common.interruption import stop_at_once; os.close(2); stop_at_once(2, None)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=PATIENCE).returncode == 130
