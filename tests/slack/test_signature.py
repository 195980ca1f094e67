"""Whom the signature lets in, and what is logged of the others."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from phantombot.slack.signature import VALID_FOR, Mismatches, Signatures

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_531_420_618
BODY = b"command=/phantom&text=canary"


def signed(body: bytes = BODY, at: int = NOW, secret: str = SECRET) -> dict[str, str]:
    made = SignatureVerifier(secret).generate_signature(timestamp=str(at), body=body)
    return {"x-slack-request-timestamp": str(at), "x-slack-signature": made or ""}


def is_valid(headers: dict[str, str], body: bytes = BODY) -> bool:
    return Signatures(SECRET, now=lambda: NOW).is_valid(body, headers)


@given(st.text())
def test_what_slacks_own_library_signs_is_valid(text: str):
    assert is_valid(signed(text.encode()), text.encode())


def test_bytes_that_are_no_text_are_checked_too():
    assert not is_valid(signed(), b"\xff\xfe")


def test_other_bytes_another_time_and_another_secret_are_not():
    assert not is_valid(signed(), BODY + b"!")
    assert not is_valid(signed() | {"x-slack-request-timestamp": str(NOW + 1)})
    assert not is_valid(signed(secret="another"))


@given(st.text(), st.text())
def test_no_header_makes_an_exception(stamp: str, signature: str):
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    assert not is_valid(headers)
    assert not is_valid(headers | {"x-slack-request-timestamp": str(NOW)})


@pytest.mark.parametrize("stamp", ["", "soon", "1e9", "9" * 400, "-1", "٣", f"{NOW}\n"])
@pytest.mark.parametrize("signature", ["", "v0=", "é" * 67, "v0=" + "0" * 63 + "é"])
def test_what_is_nothing_like_slacks_is_refused_without_a_word(
    stamp: str, signature: str, caplog: pytest.LogCaptureFixture
):
    assert not is_valid({"x-slack-request-timestamp": stamp, "x-slack-signature": signature})
    assert not is_valid({})
    assert caplog.records == []


@pytest.mark.parametrize(
    ("age", "says"), [(400, "from 400 s ago"), (-7200, "from 7200 s ahead")], ids=["slow", "fast"]
)
def test_a_clock_that_is_off_is_named_once_a_minute(
    age: int, says: str, caplog: pytest.LogCaptureFixture
):
    signatures = Signatures(SECRET, now=lambda: NOW)
    for _ in range(5):
        assert not signatures.is_valid(BODY, signed(at=NOW - age))
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert says in record.getMessage()
    assert "check the clock" in record.getMessage()


def test_within_five_minutes_the_clock_may_be_off():
    assert is_valid(signed(at=NOW - int(VALID_FOR)))
    assert is_valid(signed(at=NOW + int(VALID_FOR)))


def test_a_wrong_secret_is_named_once_a_minute_whatever_time_is_claimed(
    caplog: pytest.LogCaptureFixture,
):
    told: list[int] = []
    signatures = Signatures(f"'{SECRET}'", told.append, now=lambda: NOW)
    for at in (NOW, NOW - 9999, NOW + 9999):
        assert not signatures.is_valid(BODY, signed(at=at))
    assert told == [1]
    (record,) = caplog.records
    assert "SLACK_SIGNING_SECRET" in record.getMessage()
    assert "canary" not in caplog.text
    assert SECRET not in caplog.text


def test_of_many_wrong_signatures_each_is_counted_when_the_next_line_is_due():
    told: list[int] = []
    mismatches = Mismatches(told.append, every=0.0)
    for _ in range(3):
        mismatches.add()
    assert told == [1, 2, 3]
