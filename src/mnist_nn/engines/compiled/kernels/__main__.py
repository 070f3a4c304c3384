"""Make the intermediate code of all kernels anew: ``python -m mnist_nn.engines.compiled.kernels [folder]``."""

import sys

from mnist_nn.engines.compiled.kernels.build import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
