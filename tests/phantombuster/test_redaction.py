import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.phantombuster.redaction import AT_ONCE, redact, secrets_of


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


@pytest.mark.parametrize(
    ("argument", "secrets"),
    [
        (None, []),
        ("no JSON", ["no JSON"]),
        ('"longer"', ['"longer"', "longer"]),
        ('[{"key": ["secret", "five5"]}]', ['[{"key": ["secret", "five5"]}]', "secret"]),
        ("[" * 100_000, ["[" * 100_000]),
    ],
    ids=["none", "no JSON", "a string", "nested", "too deep"],
)
def test_the_long_strings_of_an_argument_are_secrets(
    argument: str | None, secrets: list[str]
) -> None:
    assert secrets_of(argument) == secrets
