import re

import pytest
from growth import grows_linearly
from hypothesis import given
from hypothesis import strategies as st

from phantombot.phantombuster.redaction import (
    AT_ONCE,
    found_in,
    redact,
    redact_part,
    split_unfinished,
)


@pytest.mark.parametrize(
    ("text", "secrets", "shown"),
    [
        ("nothing here", ["secret"], "nothing here"),
        ("a secret, Secret", ["secret"], "a •••, •••"),
        ("a%2fb a%2Fb a/b", ["a/b"], "••• ••• •••"),
        ("say \\u00e9t\\u00e9", ["été"], "say •••"),
        ("abcdef", ["abc", "abcdef"], "•••"),
        ("a.c abc", ["a.c"], "••• abc"),
        ("text", [""], "text"),
        ("text", [], "text"),
    ],
)
def test_secrets_are_redacted_in_every_form(text: str, secrets: list[str], shown: str) -> None:
    assert redact(text, secrets) == shown


@pytest.mark.parametrize("place", range(AT_ONCE - 20, AT_ONCE + 20))
def test_a_secret_is_found_where_the_parts_meet_that_are_looked_through(place: int) -> None:
    text = "x" * place + "Secret-secret-1" + "y" * 2 * AT_ONCE
    redacted = "x" * place + "•••" + "y" * 2 * AT_ONCE
    assert redact(text, ["secret-secret-1", "secret", "ret-1y"]) == redacted


@given(st.lists(st.sampled_from(["ab", "abc", "b", "ca", "x" * (AT_ONCE // 3)]), max_size=20))
def test_parts_are_redacted_as_the_whole(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert redact(text, ["ab", "bca", "aab"]) == re.sub("bca|aab|ab", "•••", text)


def test_each_step_looks_through_a_bounded_part(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[int] = []

    class Counted:
        def __init__(self, pattern: re.Pattern[str]) -> None:
            self._pattern = pattern

        def search(self, text: str, at: int, end: int) -> re.Match[str] | None:
            handed.append(min(end, len(text)) - at)
            return self._pattern.search(text, at, end)

    compile_ = re.compile
    monkeypatch.setattr(re, "compile", lambda *pattern: Counted(compile_(*pattern)))
    redact("cookie " * 700_000 + "secret", ["secret"])
    assert len(handed) > 1
    assert max(handed) <= AT_ONCE + len("secret")


COOKIE = "AQEDARx9wZ-0123456789-the-end"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"ends with {COOKIE[:-3]}", "ends with •••"),
        (f"{COOKIE[5:]} begins", "••• begins"),
        (f"{COOKIE[5:]} and {COOKIE[:9]}", "••• and •••"),
        (COOKIE[3:-3], "•••"),
        (f"{COOKIE[:5]} is too short", f"{COOKIE[:5]} is too short"),
        (f"all of {COOKIE}", "all of •••"),
        ("", ""),
    ],
)
def test_what_a_cut_left_of_a_secret_is_redacted(text: str, shown: str) -> None:
    assert redact_part(text, [COOKIE, "x"]) == shown


@given(
    st.lists(st.sampled_from(["ab", "abcab", "bca", "c", "a", " "]), max_size=12),
    st.lists(st.integers(0, 40), max_size=4),
)
def test_a_stream_is_redacted_as_the_whole_wherever_it_is_cut(
    pieces: list[str], cuts: list[int]
) -> None:
    whole, secrets = "".join(pieces), ["abcab", "bcac", "cc"]
    shown, pending, at = "", "", 0
    for cut in (*sorted(cuts), len(whole)):
        done, pending = split_unfinished(pending + whole[at:cut], secrets)
        shown, at = shown + redact(done, secrets), max(at, cut)
    assert not any(secret in shown for secret in secrets)
    assert whole.endswith(pending)
    if not found_in(whole, secrets):
        assert shown + pending == whole


@pytest.mark.parametrize("cut", range(len(COOKIE)))
def test_a_secret_that_is_cut_between_two_texts_is_in_neither(cut: int) -> None:
    first, pending = split_unfinished(f"with {COOKIE[:cut]}", [COOKIE, "with AQ"])
    second, rest = split_unfinished(f"{pending}{COOKIE[cut:]} done", [COOKIE, "with AQ"])
    assert COOKIE[-8:] not in redact(first, [COOKIE]) + redact(second, [COOKIE])
    assert rest == ""


def test_the_secrets_that_stand_in_a_text_are_told_in_whatever_form() -> None:
    assert found_in("a%2fb-long or other", ["a/b-long", "nothing", "other"]) == {
        "a/b-long",
        "other",
    }


def test_looking_for_a_begun_secret_costs_no_more_than_its_length() -> None:
    assert grows_linearly(lambda times: split_unfinished("ab" * times + "c", ["ab" * times + "d"]))
