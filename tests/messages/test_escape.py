import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.messages.blocks import escape
from phantombot.text.normalize import folded

MRKDWN = re.compile(
    r"(?<!\w)\*(?!\s)[^*\n]+\*|(?<!\w)_(?!\s)[^_\n]+_(?!\w)|~(?!\s)[^~\n]+~|`|:[a-z0-9_+'-]+:|<"
)
"""Whatever Slack would format."""


@given(st.lists(st.sampled_from([*"*_~`: <>&ax9'", "bold", "_x_", ":x:", "é"]), max_size=12))
def test_a_name_is_shown_as_it_is_typed_and_read_as_that(pieces: list[str]):
    name = "".join(pieces).strip()
    shown = escape(name)
    assert not MRKDWN.search(f"“{shown}” and {shown}")
    assert folded(shown) == folded(" ".join(name.split()))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("*bold*", "\u2217bold\u2217"),
        ("snake_case_name", "snake_case_name"),
        ("_it_ ~no~", "\u02cdit\u02cd \u223cno\u223c"),
        (":x: 12:30:45", ":\u2060x: 12:\u206030:45"),
        ("\x1b[31mred\u202e\a", "red"),
    ],
)
def test_marks_of_formatting_are_replaced_by_what_looks_the_same(name: str, shown: str):
    assert escape(name) == shown
