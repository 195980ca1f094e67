"""Webhooks' addresses: hints from whoever knows one, nothing for anybody else."""

from datetime import UTC, datetime

import pytest
from test_web import answered

from phantombot.errors import StoreUnavailable
from phantombot.webhooks import EVERY, SELDOM, Hooks

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KNOWN, UNKNOWN = "k" * 43, "u" * 43


class Hinted:
    """A store that knows one secret, and a clock that goes on when it is told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.woken: list[str] = []
        self.seconds = 0.0
        self.hooks = Hooks(self.hint, self.woken.append, lambda: NOW, lambda: self.seconds)

    def hint(self, secret: str, _now: datetime) -> str | None:
        self.asked.append(secret)
        return "T1" if secret == KNOWN else None


@pytest.fixture
def hinted() -> Hinted:
    return Hinted()


def test_a_call_wakes_the_workspace(hinted: Hinted):
    assert hinted.hooks.called(KNOWN)
    assert hinted.woken == ["T1"]


def test_a_flood_of_calls_is_one_hint_in_a_while(hinted: Hinted):
    for _ in range(1000):
        assert hinted.hooks.called(KNOWN)
    assert (len(hinted.asked), len(hinted.woken)) == (1, 1)
    hinted.seconds += EVERY
    assert hinted.hooks.called(KNOWN)
    assert len(hinted.woken) == 2


def test_a_flood_that_goes_on_is_a_hint_a_minute_until_it_ends(hinted: Hinted):
    for _ in range(600):
        hinted.hooks.called(KNOWN)
        hinted.seconds += 1
    assert len(hinted.woken) <= 14
    hinted.seconds += 2 * SELDOM
    for _ in range(int(EVERY) + 1):
        hinted.hooks.called(KNOWN)
        hinted.seconds += 1
    assert len(hinted.woken) <= 16


@pytest.mark.parametrize("secret", ["", "x", KNOWN[:-1], KNOWN + "x", "../metrics", "é" * 43])
def test_what_is_no_secret_is_asked_of_nobody(hinted: Hinted, secret: str):
    assert not hinted.hooks.called(secret)
    assert hinted.asked == []


def test_a_secret_of_nobody_wakes_nobody(hinted: Hinted):
    assert not hinted.hooks.called(UNKNOWN)
    assert hinted.woken == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"/hooks/{KNOWN}", "200 OK"),
        ("POST", f"/hooks/{KNOWN}/", "404 Not Found"),
        ("POST", f"/hooks/{UNKNOWN}", "404 Not Found"),
        ("POST", "/hooks/", "404 Not Found"),
        ("POST", "/hooks", "404 Not Found"),
        ("GET", f"/hooks/{KNOWN}", "405 Method Not Allowed"),
        ("GET", "/hooks/x", "405 Method Not Allowed"),
    ],
)
def test_known_addresses_are_answered_and_others_are_not_there(
    hinted: Hinted, method: str, path: str, status: str
):
    assert answered(method, path, hooks=hinted.hooks)[0] == status


def test_a_database_that_is_away_is_a_passing_trouble(caplog: pytest.LogCaptureFixture):
    def away(_secret: str, _now: datetime) -> str | None:
        raise StoreUnavailable("OperationalError")

    hooks = Hooks(away, print, lambda: NOW)
    assert answered("POST", f"/hooks/{KNOWN}", hooks=hooks)[0] == "503 Service Unavailable"
    assert KNOWN not in caplog.text
