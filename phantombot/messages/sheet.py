"""CSV as spreadsheets open it, whatever words of others stand in it."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the PC's own old code page
_FORMULA = re.compile(r"""(^|;)([\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])""")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """RFC 4180 with a byte order mark; no cell is a formula, and none has several lines."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([text_cell(name) for name in columns])
    writer.writerows(rows)
    return _BYTE_ORDER_MARK + written.getvalue()


def text_cell(text: str) -> str:
    """Text of others as a cell.

    A spreadsheet runs what begins like a formula, unless an apostrophe stands before it. Where its
    list separator is a semicolon, as in much of Europe, one may begin after that, too.
    """
    return _FORMULA.sub(r"\1'\2", " ".join(text.split()))
