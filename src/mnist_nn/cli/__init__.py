"""The command line: parse options, call the library, print results. It computes nothing itself.

It starts in `program`. ``commands/`` has one module per command, ``train/`` and ``read/`` hold what those two commands
need in addition, and ``common/`` holds what several commands share.
"""
