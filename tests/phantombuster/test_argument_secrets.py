import json
import random
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.phantombuster.argument_secrets import looks_random, names_secret, secrets_of

SHEET = (
    "https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit#gid=0"
)
SEARCH = (
    "https://www.linkedin.com/search/results/people/?currentCompany=%5B%221035%22%5D"
    "&keywords=senior%20engineer&origin=FACETED_SEARCH"
)
LI_AT = "AQEDARx9wZ0EXAMPLE1AAABi0mQ2xkAAAGMb6bXGVYAxP7-Qw"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0"
NAMES = ["sessionCookie", "API_KEY", "apikey", "li_at", "accessToken", "password", "clientSecret"]
NAMES += ["linkedinSessionCookie", "auth", "JSESSIONID", "smtpPass", "ｃｏｏｋｉｅ", "keys"]  # noqa: RUF001
WORDS = st.sampled_from(
    ["Senior", "Engineer", "growth", "Zürich", "New-York", "2024", "C++", "东京", "iPhone15"]
)

random_tokens = (
    st.integers(0, 2**64)
    .map(lambda seed: random.Random(seed).randbytes(24))  # noqa: S311 - of tests
    .flatmap(
        lambda each: st.sampled_from(
            [
                b64encode(each).decode(),
                urlsafe_b64encode(each).decode(),
                each.hex(),
                each[:16].hex().upper(),
            ]
        )
    )
)


def shown(argument: Any, text: str) -> bool:
    return not any(secret in text for secret in secrets_of(json.dumps(argument)))


@pytest.mark.parametrize(
    "value",
    [
        "Senior Engineer",
        "https://www.linkedin.com",
        SHEET,
        SEARCH,
        f"Hi, see {SHEET}, then answer jean-baptiste.dupont1987@marketing.acme-corporation.com",
        "export_2024-11-28_v2_final_report.csv",
        "2026-11-28T17:17:04+01:00",
        "profileUrl,fullName,title,company,location",
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14",
        "InternationalizationConfiguration",
        "这是一个没有空格的很长的句子这是一个没有空格的很长的句子",
    ],
)
def test_ordinary_values_are_no_secrets(value: str):
    assert secrets_of(json.dumps({"search": value, "list": [value], "n": 123456789})) == []


@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join))
def test_words_and_sentences_are_no_secrets(value: str):
    assert secrets_of(json.dumps({"message": value})) == []


@pytest.mark.parametrize("value", [LI_AT, JWT, f"li_at={LI_AT}; lang=en", f"use {JWT} please"])
def test_what_looks_like_a_session_is_a_secret_under_any_name(value: str):
    for argument in ({"x": value}, {"x": [{"y": value}]}, {"x": json.dumps({"y": value})}):
        assert not shown(argument, value)
        assert not shown(argument, LI_AT if LI_AT in value else JWT)


@given(
    random_tokens, st.sampled_from(["{}", "a sentence with {} in it", "li_at={}; lang=en", "({})"])
)
def test_a_random_value_is_a_secret_under_any_name(token: str, around: str):
    assert looks_random(token)
    assert not shown({"x": {"y": [around.format(token)]}}, token)


@given(st.sampled_from(NAMES), st.text(min_size=6).filter(str.strip), st.integers(0, 3))
def test_a_value_below_a_name_that_says_secret_is_one(name: str, value: str, depth: int):
    nested: Any = value
    for _ in range(depth):
        nested = {"value": [nested]}
    assert value in secrets_of(json.dumps({"other": {name: nested}}))


def test_exported_cookies_are_secrets_by_the_name_beside_them():
    exported = {"export": [{"name": "auth_token", "value": "short-one", "domain": ".x.example"}]}
    assert "short-one" in secrets_of(json.dumps(exported))
    assert "123456" in secrets_of('{"pin": 123456}')


@pytest.mark.parametrize("name", ["keyword", "author", "search", "passenger", "numberOfLines", ""])
def test_names_that_only_hold_the_letters_say_nothing(name: str):
    assert not names_secret(name)


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("https://user:hunter2!@h.example/list", ["user:hunter2!@", "hunter2!"]),
        ("https://h.example/list?token=abcdef&page=2", ["abcdef"]),
        ("https://h.example/list#access_token=abc%2Fdef", ["abc%2Fdef", "abc/def"]),
        (f"https://h.example/?q={LI_AT}", [LI_AT]),
        (
            "https://hooks.slack.com/services/T0/B0/abc",
            ["https://hooks.slack.com/services/T0/B0/abc"],
        ),
        (f"https://h.example/{JWT}", [JWT]),
    ],
)
def test_of_an_address_the_login_and_the_querys_secrets_are_secret(
    address: str, secrets: list[str]
):
    argument = json.dumps({"url": address})
    assert secrets_of(argument) == [argument, *secrets]


@pytest.mark.parametrize(
    ("argument", "secrets"),
    [
        (None, []),
        ("no JSON", ["no JSON"]),
        ('"longer"', ['"longer"', "longer"]),
        ('[{"a": ["secret", "five5"]}]', ['[{"a": ["secret", "five5"]}]', "secret"]),
        ("[" * 100_000, ["[" * 100_000]),
        ("{}", []),
        ('{"pin": "1234"}', ['{"pin": "1234"}']),
    ],
    ids=["none", "no JSON", "a string", "a list", "too deep", "empty", "short"],
)
def test_of_anything_but_an_object_the_long_strings_are_secrets(
    argument: str | None, secrets: list[str]
):
    assert secrets_of(argument) == secrets
