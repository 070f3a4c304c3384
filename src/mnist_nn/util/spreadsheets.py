"""Protects cells of a CSV file from spreadsheet programs: text that looks like a formula gets an apostrophe.

A file name like ``=HYPERLINK(…)`` would be evaluated when the table is opened, but ``'=HYPERLINK(…)`` is only shown.
"""

import re

# What spreadsheets take for the beginning of a formula, in some countries in its wide form too.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def write_cell(text: str) -> str:
    """Escape text so that no spreadsheet program evaluates it.

    Examples
    --------
    >>> write_cell("=1+1.png"), write_cell("scan.png"), write_cell("'=1.png")
    ("'=1+1.png", 'scan.png', "''=1.png")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def read_cell(cell: str) -> str:
    """Undo `write_cell`.

    Examples
    --------
    >>> read_cell("'=1+1.png"), read_cell("scan.png"), read_cell("'tis.png")
    ('=1+1.png', 'scan.png', "'tis.png")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
