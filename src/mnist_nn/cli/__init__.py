"""The command line: parse, call the library, print. No numerics here.

`program` is where it starts; ``commands/`` has a module for each command, ``train/`` and ``read/`` what those two need
beside it, ``common/`` what several share.
"""
