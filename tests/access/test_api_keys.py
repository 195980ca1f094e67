from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from patience import PATIENCE
from sqlalchemy import select, update

from phantombot.access.api_keys import ApiKeys, KeyNote
from phantombot.bootstrap import _learn_dialect
from phantombot.database.engine import Database
from phantombot.database.schema import workspaces as table
from phantombot.database.vault import Vault
from phantombot.phantombuster.account import ApiKey, Dialect

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = "K3yOfTheTests-abcd"


def test_a_stored_key_comes_back_and_only_its_last_four_characters_are_shown(
    workspaces: ApiKeys,
):
    workspaces.store_key("T1", KEY, by="U1", at=NOW)
    assert workspaces.key("T1") == ApiKey(KEY, "T1")
    assert workspaces.key_note("T1") == KeyNote("abcd", "U1", NOW)


def test_a_key_is_the_workspace_s_own(workspaces: ApiKeys):
    workspaces.store_key("T1", KEY, by="U1", at=NOW)
    assert workspaces.key("T2") is None
    assert workspaces.key_note("T2") is None


def test_a_new_key_replaces_the_old(workspaces: ApiKeys):
    workspaces.store_key("T1", KEY, by="U1", at=NOW)
    workspaces.store_key("T1", "another-key-wxyz", by="U2", at=NOW)
    assert workspaces.key("T1") == ApiKey("another-key-wxyz", "T1")
    assert workspaces.key_note("T1") == KeyNote("wxyz", "U2", NOW)


def test_a_removed_key_is_gone_and_removing_it_again_says_so(workspaces: ApiKeys):
    workspaces.store_key("T1", KEY, by="U1", at=NOW)
    assert workspaces.remove_key("T1")
    assert workspaces.key("T1") is None
    assert workspaces.key_note("T1") is None
    assert not workspaces.remove_key("T1")


def test_a_key_stands_nowhere_in_clear(workspaces: ApiKeys, database: Database):
    workspaces.store_key("T1", KEY, by="U1", at=NOW)
    with database.reading() as connection:
        row = connection.execute(select(table)).one()
    assert KEY not in repr(row)


def test_two_admins_storing_the_first_key_at_once_leave_one_of_their_keys(workspaces: ApiKeys):
    with ThreadPoolExecutor(8) as admins:
        keys = [f"key-of-admin-{number}" for number in range(8)]
        list(admins.map(lambda key: workspaces.store_key("T1", key, by="U1", at=NOW), keys))
    assert workspaces.key("T1").value in keys


def test_of_two_admins_who_replace_the_same_key_at_once_one_does(workspaces: ApiKeys):
    workspaces.store_key("T1", KEY, by="U1", at=NOW)
    before = workspaces.key_note("T1")
    start = Barrier(2)

    def replace(key: str) -> bool:
        start.wait(PATIENCE)
        later = NOW + timedelta(seconds=len(key))
        return workspaces.replace_key(before, ApiKey(key, "T1"), by="U1", at=later)

    with ThreadPoolExecutor(2) as admins:
        assert sorted(admins.map(replace, ["first-key", "the-second-key"])) == [False, True]


def test_the_first_key_replaces_none_and_the_first_after_a_removal_too(workspaces: ApiKeys):
    assert workspaces.replace_key(None, ApiKey(KEY, "T1"), by="U1", at=NOW)
    assert not workspaces.replace_key(None, ApiKey("another", "T1"), by="U2", at=NOW)
    workspaces.remove_key("T1")
    assert workspaces.replace_key(None, ApiKey("another", "T1"), by="U2", at=NOW)
    assert workspaces.key("T1").value == "another"


DIALECT = Dialect("https://h/api/v1", suffix=True, post=False, counts_launches=True)


def test_the_form_of_request_is_kept_with_the_key_and_replaced_with_it(workspaces: ApiKeys):
    workspaces.store_key("T1", KEY, by="U1", at=NOW, dialect=DIALECT)
    assert workspaces.key("T1") == ApiKey(KEY, "T1", DIALECT)
    workspaces.learn_dialect(replace(workspaces.key("T1"), dialect=Dialect(post=True)))
    assert workspaces.key("T1").dialect == Dialect(post=True)
    workspaces.store_key("T1", KEY, by="U1", at=NOW)
    assert workspaces.key("T1").dialect == Dialect()


def test_nothing_is_learnt_for_a_workspace_without_a_key(workspaces: ApiKeys):
    workspaces.store_key("T1", KEY, by="U1", at=NOW)
    removed = workspaces.key("T1")
    workspaces.remove_key("T1")
    workspaces.learn_dialect(replace(removed, dialect=DIALECT))
    assert workspaces.key("T1") is None


def test_nothing_is_learnt_for_a_key_from_calls_with_the_one_before(workspaces: ApiKeys):
    workspaces.store_key("T1", KEY, by="U1", at=NOW)
    former = workspaces.key("T1")
    workspaces.store_key("T1", "another-key", by="U1", at=NOW + timedelta(seconds=1))
    workspaces.learn_dialect(replace(former, dialect=DIALECT))
    assert workspaces.key("T1").dialect == Dialect()


def test_nothing_is_learnt_for_a_key_that_is_not_stored_yet(workspaces: ApiKeys):
    workspaces.store_key("T1", KEY, by="U1", at=NOW)
    workspaces.learn_dialect(ApiKey(KEY, "T1", DIALECT))
    assert workspaces.key("T1").dialect == Dialect()


def test_what_another_release_stored_of_an_account_is_left_aside(
    workspaces: ApiKeys, database: Database
):
    workspaces.store_key("T1", KEY, by="U1", at=NOW, dialect=DIALECT)
    with database.writing() as connection:
        connection.execute(update(table).values(dialect='{"post": true, "of_2030": 1}'))
    assert workspaces.key("T1").dialect == Dialect(post=True)


def test_a_store_that_is_down_keeps_nobody_from_launching(caplog: pytest.LogCaptureFixture):
    broken = ApiKeys(Database("postgresql+psycopg://u:p@127.0.0.1:1/none"), Vault(("s" * 16,)))
    _learn_dialect(broken, ApiKey(KEY, "T1", DIALECT))
    assert "the request format of T1 was not stored" in caplog.text
    assert KEY not in caplog.text
