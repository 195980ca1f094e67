from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.agents.alias import Kept, ShortName
from phantombot.agents.alias_store import Aliases
from phantombot.database.engine import Database
from phantombot.database.erase import erase
from phantombot.database.rotate import rotate
from phantombot.database.schema import aliases
from phantombot.database.vault import Place, Vault
from phantombot.errors import DecryptionError

NOW = datetime(2026, 11, 24, tzinfo=UTC)
KEPT = Kept("casperjs", '{"cookie": "hush-\U0001f511"}')
LEADS = ShortName("leads", "785", "LinkedIn Search", "U1", NOW, keeps=True)


@pytest.fixture
def kept(database: Database, vault: Vault) -> Aliases:
    """Return the same alias in two channels, and in two workspaces."""
    found = Aliases(database, vault)
    for workspace, channel in (("T1", "C1"), ("T1", "C2"), ("T2", "C1")):
        found.put(entry(workspace, channel), LEADS, KEPT)
    return found


def entry(workspace: str = "T1", channel: str = "C1") -> AuditEntry:
    return AuditEntry(workspace, NOW, "U1", AuditAction.ALIAS_SET, "785", channel, "leads")


def test_an_alias_is_found_where_it_was_set_with_what_it_keeps(kept: Aliases):
    assert kept.find("T1", "C1", "leads") == LEADS
    assert kept.kept("T1", "C1", "leads") == KEPT
    assert kept.of_channel("T1", "C3") == []
    assert kept.kept("T1", "C3", "leads") == Kept()


def test_what_it_keeps_is_sealed_for_its_workspace_and_hidden_from_printouts(
    kept: Aliases, database: Database, vault: Vault
):
    with database.reading() as connection:
        rows = connection.execute(select(aliases)).all()
    assert all("hush" not in str(row) and "casperjs" not in str(row) for row in rows)
    elsewhere = Place("T2", "aliases.kept", ("C1", "leads"))
    with pytest.raises(DecryptionError):
        vault.open(elsewhere, str(next(row.kept for row in rows if row.workspace == "T1")))
    assert "hush" not in repr(KEPT)


def test_a_second_setting_replaces_the_first_and_removal_leaves_the_others(kept: Aliases):
    other = ShortName("leads", "786", "", "U2", NOW, keeps=False)
    kept.put(entry(), other, Kept())
    assert kept.of_channel("T1", "C1") == [other]
    assert kept.remove(entry(), "leads")
    assert not kept.remove(entry(), "leads")
    assert kept.find("T1", "C1", "leads") is None
    assert kept.find("T1", "C2", "leads") == kept.find("T2", "C1", "leads") == LEADS


def test_a_word_of_an_earlier_release_is_found_as_it_was_typed_then(kept: Aliases):
    kept.put(entry(), replace(LEADS, word="a--b"), Kept())
    kept.put(entry(), replace(LEADS, word="a-b", agent_id="786"), Kept())
    found = {typed: kept.find("T1", "C1", typed) for typed in ("A--B", "A-B", "a—b")}
    assert {typed: alias and alias.agent_id for typed, alias in found.items()} == {
        "A--B": "785",
        "A-B": "786",
        "a—b": "786",
    }


def test_a_new_secret_seals_it_anew(kept: Aliases, database: Database):
    rotated = Vault(("a-newer-secret-0123456789", "a-secret-of-the-tests-0123456789"))
    assert rotate(database, rotated).renewed["aliases.kept"] == 3
    newest = Aliases(database, Vault(("a-newer-secret-0123456789",)))
    assert newest.kept("T1", "C2", "leads") == KEPT


def test_uninstalling_erases_a_workspaces_aliases_and_no_others(kept: Aliases, database: Database):
    with database.writing() as connection:
        erase(connection, ["T1"])
    assert kept.of_channel("T1", "C1") == kept.of_channel("T1", "C2") == []
    assert kept.of_channel("T2", "C1") == [LEADS]
