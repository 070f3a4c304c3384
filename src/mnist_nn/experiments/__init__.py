"""Experiments of many runs: several seeds of a network, comparisons, and sweeps over settings.

`runs` trains them side by side. Nothing is printed or written here; the statistics are in
`mnist_nn.evaluation.comparison`.
"""
