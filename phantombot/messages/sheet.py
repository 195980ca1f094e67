"""CSV that is safe to open in a spreadsheet, whatever text it holds."""

import csv
import re
from collections.abc import Iterable, Sequence
from types import SimpleNamespace

_BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the PC's legacy code page
_FORMULA = re.compile(r"""(^|;)([\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])""")
_BEGINNINGS = tuple("\"'=+-@\uff1d\uff0b\uff0d\uff20")
"""Beginnings of formulas, and of separators before them: most cells are ruled out fast."""


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return RFC 4180 CSV with a byte order mark, without formulas or line breaks in cells."""
    written = [_BYTE_ORDER_MARK]  # a StringIO would take four bytes per character
    writer = csv.writer(SimpleNamespace(write=written.append))
    writer.writerow([text_cell(name) for name in columns])
    writer.writerows(rows)
    return "".join(written)


def text_cell(text: str) -> str:
    """Return untrusted text as a cell.

    A spreadsheet runs text that begins like a formula, unless an apostrophe precedes it. If the
    list separator is a semicolon, as in much of Europe, a formula can also begin after one.
    """
    line = " ".join(text.split())
    may_be_one = ";" in line or line.startswith(_BEGINNINGS)
    return _FORMULA.sub(r"\1'\2", line) if may_be_one else line
