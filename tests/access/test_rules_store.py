import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from patience import PATIENCE
from stage import INTENT, rewrite

from phantombot.access.api_keys import ApiKeys
from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.audit_store import Audit
from phantombot.access.rules import DEFAULT, Rules, Who
from phantombot.access.rules_store import Access, KeptRules
from phantombot.database.engine import Database
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import State
from phantombot.runs.store import Runs

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = Rules(Who.NAMED, ("U1",), ("S1",), ("C1",), ("785", 'Née \\ "x"'), guests=True)


@pytest.fixture
def access(database: Database) -> Access:
    return Access(database)


@pytest.fixture
def audit(database: Database) -> Audit:
    return Audit(database)


def changed(by: str = "U1", workspace: str = "T1", at: datetime = NOW) -> AuditEntry:
    return AuditEntry(workspace, at, by, AuditAction.ACCESS_CHANGED, outcome="everyone")


def test_where_nothing_was_set_the_default_holds(access: Access):
    assert access.read("T1") == KeptRules(DEFAULT, 0)


def test_rules_are_read_back_as_they_were_set_and_are_one_workspaces(access: Access):
    assert access.change(KeptRules(RULES, 0), changed())
    assert access.read("T1") == KeptRules(RULES, 1)
    assert access.rules("T2") == DEFAULT
    assert access.change(KeptRules(DEFAULT, 1), changed())
    assert access.read("T1") == KeptRules(DEFAULT, 2)


@pytest.mark.parametrize("first", [True, False])
def test_of_two_admins_who_save_at_once_one_is_told_of_the_other(
    access: Access, audit: Audit, first: bool
):
    version = 0
    if not first:
        assert access.change(KeptRules(DEFAULT, 0), changed("U0"))
        version = 1
    start = Barrier(2)

    def save(user: str) -> bool:
        start.wait(PATIENCE)
        return access.change(KeptRules(Rules(users=(user,)), version), changed(user))

    with ThreadPoolExecutor(2) as crowd:
        saved = list(crowd.map(save, ["U1", "U2"]))
    assert sorted(saved) == [False, True]
    winner = ("U1", "U2")[saved.index(True)]
    assert access.read("T1") == KeptRules(Rules(users=(winner,)), version + 1)
    assert [entry.user for entry in audit.recent("T1", 9)] == [winner, "U0"][: version + 1]


def test_keys_stored_and_removed_stand_in_the_trail_without_a_character_of_the_key(
    workspaces: ApiKeys, audit: Audit
):
    workspaces.store_key("T1", "secret-wxyz", by="U1", at=NOW)
    removal = AuditEntry("T1", NOW + HOUR, "U2", AuditAction.KEY_REMOVED)
    assert workspaces.remove_key("T1", removal)
    assert not workspaces.remove_key("T1", removal)
    entries = audit.recent("T1", 9)
    assert [(entry.what, entry.user, entry.at) for entry in entries] == [
        (AuditAction.KEY_REMOVED, "U2", NOW + HOUR),
        (AuditAction.KEY_STORED, "U1", NOW),
    ]
    assert "wxyz" not in repr(entries)


def test_launches_are_told_by_their_runs_without_their_argument(runs: Runs, audit: Audit):
    runs.add(INTENT, NOW)
    (run,) = runs.open("T1")
    (entry,) = audit.recent("T1", 9)
    assert entry == AuditEntry("T1", NOW, "U1", AuditAction.LAUNCH, "785", "C1", "intended")
    rewrite(
        runs,
        run,
        agent_id="785",
        agent_name="LinkedIn Search",
        state=State.ENDED,
        ending=Ending(Kind.NOT_ALLOWED, cause="guest"),
        ended_at=NOW,
    )
    (entry,) = audit.recent("T1", 9)
    assert (entry.agent, entry.outcome) == ("LinkedIn Search (785)", "not allowed")
    assert json.loads(INTENT.argument or "") == {"a": 1}
    assert '"a"' not in repr(entry)


def test_deeds_and_launches_are_listed_together_newest_first_and_cut(runs: Runs, audit: Audit):
    for hour in range(4):
        audit.note(changed(at=NOW + hour * HOUR))
        runs.add(
            INTENT.__class__(**{**INTENT.__dict__, "trigger_id": str(hour)}),
            NOW + hour * HOUR + HOUR / 2,
        )
    audit.note(changed(workspace="T2"))
    whats = [entry.what for entry in audit.recent("T1", 5)]
    assert whats == [*[AuditAction.LAUNCH, AuditAction.ACCESS_CHANGED] * 2, AuditAction.LAUNCH]
    assert len(audit.recent("T1", 99)) == 8
    assert len(audit.recent("T2", 99)) == 1


def test_old_deeds_are_forgotten(audit: Audit):
    audit.note(changed(at=NOW))
    audit.note(changed(at=NOW + HOUR))
    assert audit.forget(NOW + HOUR) == 1
    assert [entry.at for entry in audit.recent("T1", 9)] == [NOW + HOUR]
