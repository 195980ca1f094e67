import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.text.controls import split_unfinished_code, without_controls


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m and \x1b[1;32mgreen", "red and green"),
        ("\x1b]0;a title\x07shown\x1b]8;;https://x.example\x1b\\link", "shownlink"),
        ("ding\a\b", "ding"),
        ("\u202etxt.exe\u202c \u2066a\u2069", "txt.exe a"),
        ("lines\r\nand\ttabs", "lines\r\nand\ttabs"),
        ("a lone \x1b", "a lone "),
        ("👩\u200d💻 ü", "👩\u200d💻 ü"),
    ],
)
def test_codes_bells_and_bidi_controls_are_taken_out(text: str, shown: str):
    assert without_controls(text) == shown


@given(st.integers(0, 40))
def test_a_code_that_is_cut_between_two_texts_is_in_neither(cut: int):
    whole = "a \x1b[31mred\x1b[0m b"
    first, rest = split_unfinished_code(whole[:cut])
    assert without_controls(first) + without_controls(rest + whole[cut:]) == "a red b"


def test_a_code_across_the_parts_of_a_long_text_is_taken_out():
    for length in range(49_990, 50_002):
        assert without_controls("x" * length + "\x1b[31mred") == "x" * length + "red"
