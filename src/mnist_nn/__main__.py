"""The entry point of ``mnist-nn`` and ``python -m mnist_nn``; it handles Ctrl-C before the rest is loaded."""

import _signal as signal  # type: ignore[import-not-found] # what signal is made of, there at once and without enum


def main() -> None:
    """Load the program and run it; the shell receives the exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, and stays so
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C just ends it until there is something that can say so
    from mnist_nn.cli.common.interruption import listen, stop_at_once  # noqa: PLC0415

    listen(stop_at_once)
    from mnist_nn.cli.program import main as run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
