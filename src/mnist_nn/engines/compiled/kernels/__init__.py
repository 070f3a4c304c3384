"""The kernels' source: Python that Numba turns into the intermediate code in ``../code``. Never imported at run time.

``python -m mnist_nn.engines.compiled.kernels`` does so, for whoever changes a kernel; it needs Numba.
"""
