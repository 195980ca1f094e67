from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from phantombot.access.api_keys import ApiKeys
from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.audit_store import Audit
from phantombot.database import schema
from phantombot.database.engine import Database
from phantombot.database.erase import erase
from phantombot.database.vault import Vault
from phantombot.errors import StaleWrite
from phantombot.runs.ending import Ending, Kind
from phantombot.watches.model import DEFAULT_WORDS, End, News, Notice, Round, Watch, Word
from phantombot.watches.store import Watches

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WATCH = Watch("T1", "C1", "785", "LinkedIn Search", DEFAULT_WORDS, "U1", NOW)
FAILED = Ending(Kind.FAILED, exit_code=1, said="Agent failed", candidates=(("1", "One"),))
END = End(FAILED, Word.FAILURE, NOW, "76427", alike="failed/1/", times=2)
NOTICE = Notice("T1", "C1", "785", "LinkedIn Search", News.ENDED, NOW, END)


@pytest.fixture
def watches(database: Database, vault: Vault) -> Watches:
    return Watches(database, vault)


def deed(watch: Watch, what: AuditAction = AuditAction.WATCH) -> AuditEntry:
    return AuditEntry(watch.workspace, NOW, watch.user, what, watch.agent_id, watch.channel)


def put(watches: Watches, *some: Watch) -> None:
    for watch in some:
        assert watches.set(watch, deed(watch))


def tell(watches: Watches, *some: Notice) -> list[Notice]:
    (agent,) = watches.agents("T1")
    watches.write(agent, agent, some)
    return watches.waiting("T1")


def test_a_watch_comes_back_as_it_was_set_and_is_in_the_audit_trail(watches: Watches):
    put(watches, WATCH)
    assert watches.of_workspace("T1") == watches.of_channel("T1", "C1") == [WATCH]
    assert watches.of_agent("T1", "785") == [WATCH]
    assert [deed.what for deed in Audit(watches.database).recent("T1", 9)] == [AuditAction.WATCH]
    assert watches.round("T1") == Round()


def test_what_was_typed_last_counts(watches: Watches):
    changed = replace(WATCH, words=(Word.EMPTY,), user="U2")
    put(watches, WATCH, changed)
    assert watches.of_workspace("T1") == [changed]


def test_another_workspace_sees_nothing_of_it(watches: Watches):
    put(watches, WATCH)
    assert watches.of_workspace("T2") == watches.of_agent("T2", "785") == []
    assert watches.agents("T2") == watches.waiting("T2") == []
    assert watches.round("T2") is None


def test_two_who_watch_an_agent_first_at_the_same_moment_both_do(watches: Watches):
    channels = [replace(WATCH, channel=f"C{number}") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(lambda watch: watches.set(watch, deed(watch)), channels))
    assert len(watches.of_agent("T1", "785")) == 6
    assert len(watches.agents("T1")) == 1


def test_there_are_so_many_and_no_more(watches: Watches):
    watches = replace(watches, most=1)
    put(watches, WATCH, replace(WATCH, words=(Word.SUCCESS,)))
    other = replace(WATCH, agent_id="786")
    assert not watches.set(other, deed(other))
    assert [agent.agent_id for agent in watches.agents("T1")] == ["785"]


def test_an_ended_watch_leaves_nothing_that_others_do_not_need(watches: Watches):
    elsewhere = replace(WATCH, channel="C2")
    put(watches, WATCH, elsewhere)
    tell(watches, NOTICE, replace(NOTICE, channel="C2"))
    secret = watches.hook("T1", "785")
    assert watches.unset(WATCH, deed(WATCH, AuditAction.UNWATCH))
    assert not watches.unset(WATCH, deed(WATCH, AuditAction.UNWATCH))
    assert [notice.channel for notice in watches.waiting("T1")] == ["C2"]
    assert watches.hook("T1", "785") == secret
    assert watches.unset(elsewhere, deed(elsewhere, AuditAction.UNWATCH))
    assert watches.agents("T1") == watches.waiting("T1") == []
    assert watches.round("T1") is None
    put(watches, WATCH)
    assert watches.hook("T1", "785") not in (None, secret)


def test_a_hint_is_taken_from_who_knows_the_secret_alone(watches: Watches):
    put(watches, WATCH)
    secret = watches.hook("T1", "785")
    assert secret is not None
    assert watches.hint(secret, NOW) == "T1"
    assert [agent.hinted for agent in watches.agents("T1")] == [True]
    assert watches.hint(secret[:-1] + "x", NOW) is None


def test_the_secret_stands_nowhere_in_clear(watches: Watches):
    put(watches, WATCH)
    secret = watches.hook("T1", "785")
    assert secret is not None
    with watches.database.reading() as connection:
        rows = connection.execute(select(schema.watched)).mappings().all()
    assert secret not in str(rows)


def test_a_write_of_an_older_version_changes_and_tells_nothing(watches: Watches):
    put(watches, WATCH)
    (agent,) = watches.agents("T1")
    known = watches.write(agent, replace(agent, known=("1", "2"), horizon=NOW))
    assert watches.agents("T1") == [known]
    with pytest.raises(StaleWrite):
        watches.write(agent, replace(agent, known=()), [NOTICE])
    assert watches.waiting("T1") == []


def test_a_notice_comes_back_whole(watches: Watches):
    put(watches, WATCH)
    (notice,) = tell(watches, NOTICE)
    assert replace(notice, id=0) == NOTICE


def test_a_notice_of_an_earlier_release_names_no_run_by_its_number(watches: Watches):
    put(watches, WATCH)
    (told,) = tell(watches, NOTICE)
    end = '"ended_at": null, "ending": {"kind": "failed"}, "word": "failure", "run_id": 7'
    with watches.database.writing() as connection:
        connection.execute(update(schema.notices).values(end=f"{{{end}}}"))
    (read,) = watches.waiting(told.workspace)
    assert read.end == End(Ending(Kind.FAILED), Word.FAILURE)


def test_a_notice_is_begun_by_one_alone(watches: Watches):
    put(watches, WATCH)
    some = tell(watches, NOTICE, NOTICE)
    assert watches.begin(some[:1])
    assert not watches.begin(some)
    assert [notice.pending for notice in watches.waiting("T1")] == [True, False]
    watches.put_off(some[:1], NOW, pending=False)
    assert watches.begin(some)


def test_what_was_told_is_gone_and_its_message_known(watches: Watches):
    put(watches, WATCH)
    some = tell(watches, NOTICE)
    watches.posted(some, "1.2")
    assert watches.waiting("T1") == []
    (watch,) = watches.of_workspace("T1")
    assert (watch.ts, watch.alike) == ("1.2", "failed/1/")


def test_what_could_not_be_told_is_counted_until_it_can(watches: Watches):
    put(watches, WATCH)
    first, second = tell(watches, NOTICE, NOTICE)
    watches.stopped("T1", "C1", "U1", "is_archived")
    watches.drop([first], unsaid=True)
    (watch,) = watches.of_workspace("T1")
    assert (watch.stopped, watch.unsaid) == ("is_archived", 1)
    watches.posted([second], "1.2")
    (watch,) = watches.of_workspace("T1")
    assert (watch.stopped, watch.unsaid) == (None, 0)


def test_workspaces_with_a_key_or_with_something_to_tell_are_woken(
    watches: Watches, workspaces: ApiKeys
):
    put(watches, WATCH)
    assert watches.workspaces() == []
    workspaces.store_key("T1", "key-abcd", by="U1", at=NOW)
    assert watches.workspaces() == ["T1"]
    workspaces.remove_key("T1")
    tell(watches, NOTICE)
    assert watches.workspaces() == ["T1"]


def test_whoever_uninstalls_leaves_no_watch_behind(watches: Watches):
    put(watches, WATCH)
    tell(watches, NOTICE)
    with watches.database.writing() as connection:
        erase(connection, ["T1"])
    with watches.database.reading() as connection:
        for table in (schema.rounds, schema.watched, schema.watches, schema.notices):
            assert connection.execute(select(table)).all() == []


def test_rounds_are_remembered(watches: Watches):
    put(watches, WATCH)
    watches.polled("T1", Round(), Round(NOW, NOW - timedelta(minutes=1)))
    assert watches.round("T1") == Round(NOW, NOW - timedelta(minutes=1))


def test_a_mute_ends_with_one_notice_of_what_it_kept_quiet(watches: Watches):
    put(watches, WATCH)
    until = NOW + timedelta(hours=1)
    assert watches.mute(WATCH, until, deed(WATCH, AuditAction.MUTE))
    tell(watches, NOTICE, replace(NOTICE, end=replace(END, earlier=2)))
    watches.hush(watches.waiting("T1"))
    assert watches.unmute("T1", NOW) == until
    assert watches.waiting("T1") == []
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: watches.unmute("T1", until), range(4))) == [None] * 4
    (notice,) = watches.waiting("T1")
    assert (notice.news, notice.count, notice.agent_name) == (News.UNMUTED, 4, "LinkedIn Search")
    assert watches.of_channel("T1", "C1") == [WATCH]


def test_what_is_watched_no_more_is_not_muted(watches: Watches):
    assert not watches.mute(WATCH, NOW, deed(WATCH, AuditAction.MUTE))
