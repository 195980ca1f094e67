import json
from dataclasses import asdict
from itertools import pairwise

import pytest
from growth import cost
from hypothesis import given
from hypothesis import strategies as st

from phantombot.phantombuster.redaction import mark_of
from phantombot.runs.cause import Cause
from phantombot.runs.console import TAIL, Console, read_on, read_to_end

CSV = "https://phantombuster.s3.amazonaws.com/xNdp30g5TSk/Fu1Js2zQ/result.csv"
LINES = st.lists(
    st.sampled_from(
        [
            *("hello", "TypeError: x", "* Process finished (exit code: 1)", "", "cookie expired"),
            *("é😀", "❌ odd", "❌ Twitter rate limit reached", f"✅ CSV saved at {CSV}\r"),
        ]
    )
    | st.text(max_size=20),
    max_size=20,
)


def read_in(pieces: list[str]) -> Console:
    console, position = Console("0"), 0
    for piece in pieces:
        position += len(piece.encode("utf-8", "surrogatepass"))
        console = read_on(console, piece, str(position))
    return console


@given(LINES, st.lists(st.integers(0, 400), max_size=6))
def test_a_console_read_in_pieces_is_kept_as_if_read_at_once(lines: list[str], cuts: list[int]):
    whole = "\n".join(lines)
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[a:b] for a, b in pairwise(places)]
    in_pieces, at_once = read_in(pieces), read_in([whole])
    assert in_pieces.tail == at_once.tail
    assert in_pieces.error_line == at_once.error_line
    assert in_pieces.position == at_once.position
    assert in_pieces.own_words == at_once.own_words
    assert read_to_end(in_pieces).cause == read_to_end(at_once).cause
    assert read_to_end(in_pieces).warned == read_to_end(at_once).warned
    assert read_to_end(in_pieces).files == read_to_end(at_once).files
    assert Console(**json.loads(json.dumps(asdict(in_pieces)))) == in_pieces


def test_a_line_that_was_cut_is_quoted_whole():
    half = read_in(["hello\nTypeErr"])
    assert half.error == ""
    assert read_on(half, "or: x is undefined\nmore", "40").error_line == "TypeError: x is undefined"


def test_an_expired_cookie_is_remembered_when_its_line_is_long_gone():
    console = read_in(["the session cookie expired\n", "x\n" * TAIL])
    assert "cookie" not in console.tail
    assert console.cause == Cause.COOKIE


def test_the_last_cause_and_the_last_file_of_each_kind_count():
    said = ("❌ Twitter rate limit reached", f"CSV saved at {CSV}", "cookie expired", "x")
    later = CSV.replace("result", "later")
    console = read_in([f"{line}\r\n" for line in (*said, f"✅ CSV saved at {later}")])
    assert console.cause == Cause.COOKIE
    assert console.files == (later,)


def test_a_line_that_is_marked_as_an_error_is_quoted_before_a_warning():
    console = read_in(["⚠️ Can't open a page: error\r\n", "❌ No luck today\r\n", "❌ More\r\n"])
    assert console.error_line == "❌ No luck today"


def test_a_console_of_an_earlier_release_is_read_on():
    stored = {"position": 9, "tail": "x", "error": "", "unfinished": "x", "cookie": True}
    assert Console(**stored).cause == Cause.COOKIE
    assert read_on(Console(**stored), "y", "10").cause == Cause.COOKIE
    assert Console(**(stored | {"cookie": False})).cause == Cause.UNKNOWN


def test_of_a_long_console_its_end_is_kept():
    console = read_in(["x" * 5_000_000, "\n* Process finished (exit code: 0)"])
    assert len(console.tail) == TAIL
    assert console.own_words == ("* Process finished (exit code: 0)",)
    assert len(console.unfinished) <= 500


def test_of_megabytes_at_once_the_end_alone_is_looked_through():
    end = f"CSV saved at {CSV}\nError: out of luck\ncookie expired\n"
    console = read_in(["Error: long ago\n" + "cookie\n" * 700_000 + end])
    assert console.error_line == "Error: out of luck"
    assert (console.cause, console.files) == (Cause.COOKIE, (CSV,))


def test_a_line_of_which_only_the_end_is_there_is_no_line():
    whole = read_in(["x" * 5_000_000 + " cookie expired\n"])
    assert (whole.cause, whole.error_line) == (Cause.UNKNOWN, "")


def test_more_of_a_hostile_console_at_once_costs_no_more():
    hostile = "cookie" * 80 + "\n"

    def look(times: int) -> None:
        read_in([hostile * 300 * times])

    assert cost(lambda: look(20)) < 5 * cost(lambda: look(1))


@pytest.mark.parametrize("position", [None, "3"])
def test_a_server_that_counts_anew_is_read_from_the_beginning(position: str | None):
    console = read_on(read_in(["Error: of another run\n"]), "all is well", position)
    assert console.tail == "all is well"
    assert console.error_line == ""


def test_what_a_console_says_is_kept_out_of_its_repr():
    assert "s3cret" not in repr(read_in(["Error: s3cret\ns3cret"]))


SECRET = "AQEDAR" + "x9wZ-k3J" * 1000
"""Longer than what is kept of a console."""


@pytest.mark.parametrize("size", [1, 7, 3000, 5000, 20_000])
def test_a_secret_longer_than_what_is_kept_is_taken_out_wherever_it_is_cut(size: int):
    whole = f"before\nError: {SECRET} is odd\nafter"
    console = Console()
    for at in range(0, len(whole), size):
        console = read_on(console, whole[at : at + size], str(at + size), [SECRET, "other-secret"])
        assert "x9wZ" not in console.tail + console.error + console.unfinished
    console = read_to_end(console)
    assert console.tail == "before\nError: ••• is odd\nafter\n"
    assert console.error == "Error: ••• is odd"
    assert console.hidden == (mark_of(SECRET),)


def test_a_secret_that_the_script_cut_is_not_kept_either():
    console = read_on(Console(), f"with {SECRET[:5000]}", "1", [SECRET])
    assert (console.tail, console.pending) == ("with ", SECRET[:5000])
    assert read_to_end(console).tail == "with •••\n"
    assert SECRET[:9] not in repr(console)


def test_a_colour_code_that_is_cut_between_two_texts_hides_no_secret():
    whole = f"\x1b[31mwith \x1b[1mAQ\x1b[0mEDAR{SECRET[6:]}\a done\n"
    for cut in range(40):
        first = read_on(Console(), whole[:cut], "1", [SECRET])
        assert read_on(first, whole[cut:], "2", [SECRET]).tail == "with ••• done\n"


def test_where_the_whole_console_comes_again_what_was_pending_is_not_added_to_it():
    console = read_on(Console(), f"with {SECRET[:9]}", None, [SECRET])
    assert read_on(console, f"with {SECRET}!", None, [SECRET]).tail == "with •••!"


def test_an_answer_without_a_console_takes_nothing_away():
    console = read_on(Console(), "TypeError: x\n", "13")
    assert read_on(console, "", None) == console
    assert read_on(console, "whole\n", None).tail == "whole\n"
