"""Ctrl-C during a training: asked once it waits for a safe point, asked twice it stops at once."""

import signal

import pytest

from mnist_nn.cli.train.interrupt import defer_interrupt


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_asks_and_the_second_interrupts(number: signal.Signals) -> None:
    with defer_interrupt() as interrupted:
        assert not interrupted
        signal.raise_signal(number)
        assert interrupted
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)


def test_afterwards_signals_do_what_they_did() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(ZeroDivisionError), defer_interrupt():
        raise ZeroDivisionError
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
