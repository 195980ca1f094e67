"""What a process believes of installations, and for how long."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from phantombot.errors import DecryptionError, SlackRefused, SlackUnavailable, StoreUnavailable
from phantombot.slack.installation_store import Installation, Uninstalled
from phantombot.slack.installations import BELIEVED_FOR, ManyWorkspaces

ORG = Installation(
    workspace="E1",
    enterprise="E1",
    org_wide=True,
    bot_token="xoxb-org",
    bot_user="U0BOT",
    scopes="",
    installed_by="U1",
    installed_at=datetime(2026, 11, 24, tzinfo=UTC),
)


class Store:
    """Serves what it is told to, counts how often it is asked, and fails where that is wanted."""

    def __init__(self) -> None:
        self.served: dict[str, Installation] = {}
        self.reads = 0
        self.written: list[tuple[str, str]] = []
        self.failure: Exception | None = None

    def serving(self, team: str, enterprise: str = "") -> Installation | None:
        self.reads += 1
        if self.failure is not None:
            raise self.failure
        return self.served.get(team) or self.served.get(enterprise)

    def belongs(self, team: str, enterprise: str) -> None:
        self.written.append((team, enterprise))
        self.served[team] = self.served[enterprise]

    def remove(self, event: Uninstalled, now: datetime) -> tuple[str, ...]:
        self.served.clear()
        return (event.team,)


@pytest.fixture
def store() -> Store:
    store = Store()
    store.served = {"E1": ORG}
    return store


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def installed(store: Store, now: list[float]) -> ManyWorkspaces:
    return ManyWorkspaces(store, lambda: now[0])


def test_what_is_known_is_asked_again_after_two_seconds_only(
    installed: ManyWorkspaces, store: Store, now: list[float]
):
    for _ in range(100):
        assert installed.has("E1")
        assert installed.token_of("E1") == "xoxb-org"
    assert store.reads == 1
    now[0] += BELIEVED_FOR
    store.served.clear()
    assert not installed.has("E1")


def test_a_team_new_to_us_is_written_down_once(installed: ManyWorkspaces, store: Store):
    for _ in range(5):
        assert installed.has("T1", "E1")
    assert store.written == [("T1", "E1")]
    assert installed.token_of("T1") == "xoxb-org"
    assert not installed.has("T2")


def test_a_team_s_own_token_is_told_apart_from_its_organisations(
    installed: ManyWorkspaces, store: Store
):
    store.served["T2"] = replace(ORG, workspace="T2", org_wide=False)
    assert installed.has("T1", "E1")
    assert [installed.is_org_wide(team) for team in ("T1", "T2", "T3")] == [True, False, False]
    store.failure = DecryptionError("T4")
    assert not installed.is_org_wide("T4")


def test_who_has_just_installed_the_app_is_known_at_once(installed: ManyWorkspaces, store: Store):
    assert not installed.has("T2")
    store.served["T2"] = ORG
    assert installed.has("T2")


def test_who_uninstalls_is_forgotten_at_once(installed: ManyWorkspaces):
    assert installed.has("E1")
    installed.gone(Uninstalled(team="E1", enterprise="", org_wide=False, at=None))
    with pytest.raises(SlackRefused, match="not_installed"):
        installed.token_of("E1")


def test_while_the_database_is_away_the_last_knowledge_counts(
    installed: ManyWorkspaces, store: Store, now: list[float]
):
    assert installed.has("E1")
    store.failure = StoreUnavailable("gone")
    now[0] += 60
    assert installed.has("E1")
    with pytest.raises(StoreUnavailable):
        installed.has("T9")


def test_a_token_under_another_secret_is_tried_again_later(installed: ManyWorkspaces, store: Store):
    store.failure = DecryptionError("E1")
    assert installed.has("E1")
    with pytest.raises(SlackUnavailable) as caught:
        installed.token_of("E1")
    assert caught.value.retry_after == 60
