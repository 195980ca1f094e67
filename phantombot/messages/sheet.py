"""CSV that is safe to open in a spreadsheet, whatever text it holds."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the PC's own old code page
_FORMULA = re.compile(r"""(^|;)([\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])""")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return RFC 4180 CSV with a byte order mark, without formulas or line breaks in cells."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([text_cell(name) for name in columns])
    writer.writerows(rows)
    return _BYTE_ORDER_MARK + written.getvalue()


def text_cell(text: str) -> str:
    """Return untrusted text as a cell.

    A spreadsheet runs text that begins like a formula, unless an apostrophe precedes it. Where the
    list separator is a semicolon, as in much of Europe, a formula can begin after one, too.
    """
    return _FORMULA.sub(r"\1'\2", " ".join(text.split()))
