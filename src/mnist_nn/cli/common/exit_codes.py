"""The exit code that several commands share; docs/reference/cli.md lists all of them."""

INTERRUPTED = 130  # stopped by Ctrl-C
