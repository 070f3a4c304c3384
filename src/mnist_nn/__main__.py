"""``python -m mnist_nn`` is ``mnist-nn``."""

from mnist_nn.cli.program import main

if __name__ == "__main__":
    main()
