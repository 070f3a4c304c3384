"""Shows what the library logs while it works, such as that it is compiling, one line each on standard error."""

import logging
import sys

from mnist_nn.cli.common.terminal import say


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(f"mnist-nn: {record.getMessage()}", file=sys.stderr, flush=True)


def show() -> None:
    """Show the library's log messages from now on."""
    logger = logging.getLogger("mnist_nn")
    logger.setLevel(logging.INFO)
    if not logger.handlers:
        logger.addHandler(_Lines())


def show_errors_only() -> None:
    """Show only errors, as --quiet asks for."""
    logging.getLogger("mnist_nn").setLevel(logging.ERROR)
