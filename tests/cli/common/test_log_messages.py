"""What the library logs is shown on standard error, a line each, unless only errors are wanted."""

import logging

import pytest

from mnist_nn.cli.common import log_messages

LOGGER = logging.getLogger("mnist_nn")


def test_a_message_is_shown_once_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    log_messages.show()
    log_messages.show()
    logging.getLogger("mnist_nn.engines").info("compiling, some %s seconds", "ten")
    assert capsys.readouterr() == ("", "mnist-nn: compiling, some ten seconds\n")


def test_only_errors_are_shown_if_nothing_else_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    log_messages.show()
    log_messages.show_errors_only()
    LOGGER.warning("not shown")
    LOGGER.error("shown")
    assert capsys.readouterr().err == "mnist-nn: shown\n"
