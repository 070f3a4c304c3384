"""The ranges are ranges."""

from dataclasses import fields

from mnist_nn.data.handwriting.line_ranges import LINES, MOST_DIGITS


def test_ranges_ascend_and_shares_are_shares() -> None:
    for field in fields(LINES):
        value = getattr(LINES, field.name)
        if field.name.endswith("_share"):
            assert 0 <= value <= 1, field.name
        elif isinstance(value, tuple) and field.name != "length_shares":
            assert value[0] < value[1], field.name


def test_there_is_a_share_for_every_length() -> None:
    assert len(LINES.length_shares) == MOST_DIGITS
    assert min(LINES.length_shares) > 0
