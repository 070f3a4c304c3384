"""Ctrl-C during a training: asked once it waits for a safe point, asked twice it stops at once."""

import signal

import pytest

from mnist_nn.cli.common.interruption import SIGNALS
from mnist_nn.cli.train.interrupt import defer_interrupt


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_asks_and_the_second_interrupts(number: signal.Signals) -> None:
    with defer_interrupt() as interrupted:
        assert not interrupted
        signal.raise_signal(number)
        assert interrupted
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)


def test_afterwards_signals_do_what_they_did() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with pytest.raises(ZeroDivisionError), defer_interrupt():
        raise ZeroDivisionError
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_under_nohup_a_training_goes_on() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with defer_interrupt() as interrupted:
            signal.raise_signal(signal.SIGHUP)
            assert not interrupted
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_script_that_ignores_ctrl_c_for_its_background_stops_a_training_all_the_same() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with defer_interrupt() as interrupted:
            signal.raise_signal(signal.SIGINT)
            assert interrupted
    finally:
        signal.signal(signal.SIGINT, before)
