"""Cells that look like formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.util.spreadsheets import read_cell, write_cell

NAMES = st.text() | st.text("'=+-@\t＝a", max_size=6)


@given(NAMES)
def test_what_is_written_is_read_and_never_begins_as_a_formula(name: str) -> None:
    assert read_cell(write_cell(name)) == name
    assert write_cell(name)[:1] not in {*"=+-@\t\r\n"}


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(name: str) -> None:
    assert write_cell(name) == f"'{name}"


@pytest.mark.parametrize("name", ["", "scan.png", "a=b", "'tis", "12 5 40 60"])
def test_other_text_is_written_as_it_is(name: str) -> None:
    assert write_cell(name) == name
