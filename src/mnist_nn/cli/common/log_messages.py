"""The messages that the library logs while it works, such as that it is compiling: a line each on standard error."""

import logging
import sys


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        print(f"mnist-nn: {record.getMessage()}", file=sys.stderr, flush=True)


def show() -> None:
    """Show what the library logs, from now on."""
    logger = logging.getLogger("mnist_nn")
    logger.setLevel(logging.INFO)
    if not logger.handlers:
        logger.addHandler(_Lines())


def show_errors_only() -> None:
    """Show errors alone, as --quiet asks for."""
    logging.getLogger("mnist_nn").setLevel(logging.ERROR)
