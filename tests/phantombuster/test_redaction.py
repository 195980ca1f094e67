import pytest

from phantombot.phantombuster.redaction import redact, secrets_of


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
