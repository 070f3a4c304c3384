"""The race against other libraries, and how the cost grows: ``python -m benchmarks`` from the root of the repository.

Nothing of it is part of the installed package.
"""
