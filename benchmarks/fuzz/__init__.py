"""Fuzzers: files and requests changed at random, each of which must be read or refused in one line, within a budget.

`starts` has the files that are changed, `mutate` and `formats` change them, `targets` says what reads them, `worker`
watches over it. What every input must do is written down in benchmarks/README.md.
"""
