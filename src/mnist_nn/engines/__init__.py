"""The engines: how the formulas of `mnist_nn.nn` are run over data, and which engine does which work.

`base` says what an engine is, `select` chooses one, `reference` has the equations in NumPy, and `compiled` has the same
equations as machine code. An engine runs whole stretches of an epoch, because one call per sample would mean 60,000
Python calls. It draws no random numbers of its own, prints nothing and returns new weights.
"""
