"""The engines: how the formulas of `mnist_nn.nn` are run over data, and which engine is taken for which work.

`base` says what an engine is, `select` chooses one, `reference` is the equations in NumPy and `compiled` the same
equations as machine code. An engine runs whole stretches of an epoch, because a call per sample would cost 60,000
Python calls; it draws no random numbers of its own, prints nothing and returns new weights.
"""
