"""The option --cluster: what it prints, and what it says about continuing."""

import pytest

from mnist_nn.cli.common.cluster import connect, explain_resuming
from mnist_nn.errors import ClusterError, DataError


def test_only_errors_of_a_cluster_say_how_to_continue() -> None:
    with (
        pytest.raises(ClusterError, match=r"^lost it\. To continue, run it again$"),
        explain_resuming(". To continue, run it again"),
    ):
        raise ClusterError("lost it")
    with pytest.raises(DataError, match=r"^the disk is full$"), explain_resuming(". To continue, run it again"):
        raise DataError("the disk is full")


@pytest.mark.slow
@pytest.mark.parametrize("quiet", [True, False])
def test_the_link_of_the_dashboard_is_printed(quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with connect("local:1", quiet=quiet) as cluster:
        assert cluster.count_threads() == 1
    found = capsys.readouterr()
    assert (found.out, bool(found.err)) == ("", not quiet)
    if not quiet:
        assert found.err == f"mnist-nn: the cluster's dashboard is at {cluster.dashboard}\n"
