"""The document of an audit says what a finding says."""

from pathlib import Path

from mnist_nn.cli.audit.finding import Finding
from mnist_nn.cli.documents.audit import AuditDocument
from mnist_nn.util.documents import plain


def test_it_has_all_of_a_finding() -> None:
    document = AuditDocument.of(Finding(500, 473, 1, 0.00999, 0.01), file=Path("a.audit.csv"), accepted=None)
    assert plain(document) == {
        "file": "a.audit.csv",
        "accepted": None,
        "sampled": 500,
        "checked": 473,
        "wrong": 1,
        "bound": 0.00999,
        "max_error": 0.01,
        "proved": True,
    }
