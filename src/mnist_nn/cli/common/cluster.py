"""The option ``--cluster`` of several commands: connects, says where to watch the work, and how to continue it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mnist_nn.cli.common.terminal import say
from mnist_nn.errors import ClusterError

if TYPE_CHECKING:
    from mnist_nn.util.cluster import Cluster


@contextmanager
def connect(place: str, *, quiet: bool) -> "Iterator[Cluster]":
    """Connect to a cluster, or start one, and print the link of its dashboard unless ``quiet``."""
    from mnist_nn.util.cluster import open_cluster

    with open_cluster(place) as cluster:
        if not quiet:
            say(f"mnist-nn: the cluster's dashboard is at {cluster.dashboard}", file=sys.stderr)
            if not cluster.count_threads():
                say("mnist-nn: the cluster has no workers yet; waiting for some", file=sys.stderr)
        yield cluster


@contextmanager
def explain_resuming(how: str) -> Iterator[None]:
    """Say how to continue when a cluster fails in the block."""
    try:
        yield
    except ClusterError as error:
        raise ClusterError(f"{error}{how}") from error
