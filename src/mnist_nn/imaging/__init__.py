"""From picture files to the arrays that a network takes. It knows nothing of networks."""

from mnist_nn.imaging.files import read_square

__all__ = ["read_square"]
