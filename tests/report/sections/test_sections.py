"""What a section that cannot be written gives: a reason that ends a sentence, which the page then says."""

from typing import Any

from markupsafe import Markup

from mnist_nn.report import Report
from mnist_nn.report.page import SECTIONS
from mnist_nn.report.sections import Missing


def test_every_section_is_written_or_has_a_reason_that_ends_a_sentence(untrained: Any, bare: Report) -> None:
    written = {name: section.write(untrained) for name, section in SECTIONS.items()}
    assert {type(body) for body in written.values()} == {Markup, Missing}
    reasons = {name: body.reason for name, body in written.items() if isinstance(body, Missing)}
    assert reasons == bare.left_out
    for reason in reasons.values():
        assert reason[0].islower()
        assert reason[-1].isalpha()
        assert Markup.escape(reason) in bare.html
