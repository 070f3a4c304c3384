"""The program ``mnist-nn``: it runs one command and reports errors.

Commands import what they need when they run, so that help does not wait for NumPy. Exit codes: 0 for success, 2 for bad
input (with one line on standard error), 130 after Ctrl-C, and 1 for a bug or a pipe that was closed.
"""

import errno
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from mnist_nn.cli.commands import (
    audit,
    calibrate,
    check_code,
    check_gradients,
    compare,
    data,
    evaluate,
    export,
    play,
    predict,
    read,
    report,
    schema,
    serve,
    sweep,
    train,
    train_reader,
    verify,
)
from mnist_nn.cli.common import completion, interruption, log_messages, streams, usage_errors
from mnist_nn.cli.common.exit_codes import INTERRUPTED
from mnist_nn.cli.common.help_page import Command
from mnist_nn.cli.common.terminal import say
from mnist_nn.errors import MnistNNError
from mnist_nn.util.io_errors import reason_of

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # why printing fails


class _Commands(TyperGroup):
    """The commands; when Ctrl-C, SIGTERM or SIGHUP stops one at once, it says so."""

    def invoke(self, ctx: Any) -> Any:
        try:
            with interruption.hearing(interruption.interrupt):
                return super().invoke(ctx)
        except KeyboardInterrupt:
            return _fail("stopped at once; nothing more was saved", INTERRUPTED)


app = typer.Typer(
    name="mnist-nn",
    cls=_Commands,
    subcommand_metavar="COMMAND …",
    help="The multilayer perceptron for handwritten digits: train it, watch it learn, and read handwriting with it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
for command in (
    train.train,
    sweep.sweep,
    evaluate.evaluate,
    predict.predict,
    read.read,
    audit.audit,
    play.play,
    serve.serve,
    calibrate.calibrate,
    report.report,
    export.export,
    verify.verify,
    train_reader.train_reader,
    check_gradients.check_gradients,
    check_code.check_code,
):
    app.command(cls=Command)(command)
# An argument of compare may begin like an option: "--hidden 40".
app.command(cls=Command, context_settings={"ignore_unknown_options": True})(compare.compare)
app.add_typer(data.app, name="data")
app.command(cls=Command)(schema.schema)


def _version(wanted: bool) -> None:
    if wanted:
        import mnist_nn

        say(f"mnist-nn {mnist_nn.__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Train a network on handwritten digits, watch it learn, and read handwriting with it."""


def main() -> None:
    """Run the command line, and pass its exit code to the shell."""
    streams.mend()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    _never_fail_to_print()
    log_messages.show()
    completion.mend()
    try:
        code = app(args=arguments, prog_name="mnist-nn", standalone_mode=False)
        _flush()
    except (MnistNNError, MemoryError) as error:
        full = "there is not enough memory; choose smaller layers or batches"
        return _fail(full if isinstance(error, MemoryError) else str(error))
    except TyperException as error:
        message = error.format_message()
        if message.startswith("Usage:"):  # no command was given: that is a question, not a fault
            say(message)
            return 0
        return _fail(usage_errors.describe(error, arguments), error.exit_code)
    except SystemExit as stop:  # the reader of a pipe has left, as with `| head`
        return int(stop.code or 0)
    except OSError as error:
        if error.errno not in NO_ROOM or error.filename is not None:
            raise
        _print_no_more()
        return _fail(f"cannot print: {reason_of(error)}; send standard output to a place with enough room")
    return code if isinstance(code, int) else 0


def _flush() -> None:
    """Flush standard output; return 1 if the reader of a pipe has closed it."""
    try:
        if sys.stdout is not None:  # as it is where it was closed
            sys.stdout.flush()
    except BrokenPipeError:
        _print_no_more()
        sys.exit(1)


def _print_no_more() -> None:
    """Make sure that the interpreter's final flush of standard output succeeds."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _never_fail_to_print() -> None:
    """Replace characters that the terminal cannot show by question marks."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _fail(message: str, code: int = 2) -> int:
    say(f"mnist-nn: {' '.join(message.split())}", file=sys.stderr)
    return code
