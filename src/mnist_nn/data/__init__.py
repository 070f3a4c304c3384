"""Data sets for training and testing: read, check, verify, split and export them.

This package only does input and output. Pixels are passed on unchanged, except that pictures are framed like MNIST's.
Nothing is downloaded: ``load("mnist")`` works offline, from files inside this package.
"""

from mnist_nn.data.dataset import DataFile, Dataset, FileCheck, FileInfo, describe, verify
from mnist_nn.data.idx import decode_idx, encode_idx, read_idx, write_idx
from mnist_nn.data.remarks import Remarks, inspect
from mnist_nn.data.samples import Samples, check_labels, check_pixels, check_samples, relative
from mnist_nn.data.sources import NAMES, load
from mnist_nn.data.splits import hold_out, spread, subset
from mnist_nn.data.writers import export

__all__ = [
    "NAMES",
    "DataFile",
    "Dataset",
    "FileCheck",
    "FileInfo",
    "Remarks",
    "Samples",
    "check_labels",
    "check_pixels",
    "check_samples",
    "decode_idx",
    "describe",
    "encode_idx",
    "export",
    "hold_out",
    "inspect",
    "load",
    "read_idx",
    "relative",
    "spread",
    "subset",
    "verify",
    "write_idx",
]
