"""A request: decided by what was read before, as long as the write finds that unchanged."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import event
from stage import INTENT, Stage, alias, set_stage

from phantombot.access.api_keys import ApiKeys
from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules import Rules
from phantombot.agents.alias import Kept
from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.runs.ending import Kind
from phantombot.runs.model import ConfirmReason, Intent, Run, State
from phantombot.runs.request import request_launch
from phantombot.runs.store import Runs


@pytest.fixture
def stage(database: Database, vault: Vault) -> Stage:
    return set_stage(Runs(database, vault), ApiKeys(database, vault))


def typed(number: int, **more: object) -> Intent:
    return replace(INTENT, **{"trigger_id": str(number), "argument": f'{{"n": {number}}}', **more})


def stored(stage: Stage, intent: Intent) -> Run:
    run = request_launch(stage.context, intent).run
    assert run is not None
    assert stage.runs.get(run.workspace, run.id) == run
    return run


def queries(stage: Stage, ask: Callable[[], object]) -> list[str]:
    """Return what SQLAlchemy asks the database meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(stage.runs.database.engine, "before_cursor_execute", note)
    ask()
    event.remove(stage.runs.database.engine, "before_cursor_execute", note)
    return found


def test_the_second_request_of_a_channel_asks_the_database_nothing_but_to_store_it(stage: Stage):
    first, second = typed(1), typed(2)
    assert queries(stage, lambda: request_launch(stage.context, first)) != []
    assert queries(stage, lambda: request_launch(stage.context, second)) == []
    assert [run.state for run in stage.runs.open("T1")] == [State.INTENDED] * 2


def test_a_request_is_the_same_run_however_it_was_decided(stage: Stage):
    read, recalled = (stored(stage, typed(number, argument=None)) for number in (1, 2))
    alike = {"id": read.id, "uid": read.uid, "created_at": read.created_at}
    assert replace(recalled, **alike, state=read.state, doubt=None, message_at=None) == read
    assert recalled.doubt == ConfirmReason.DOUBLE


def test_a_key_that_was_removed_meanwhile_launches_nothing(stage: Stage):
    stored(stage, typed(1))
    stage.keys.remove_key("T1")
    ended = stored(stage, typed(2))
    assert (ended.state, ended.ending and ended.ending.kind) == (State.ENDED, Kind.NO_KEY)


def test_rules_that_were_set_meanwhile_are_kept(stage: Stage):
    stage.poll()
    stored(stage, typed(1))
    stage.allow(Rules(agents=("900",)))
    ended = stored(stage, typed(2))
    assert (ended.state, ended.ending and ended.ending.kind) == (State.ENDED, Kind.NOT_ALLOWED)


def test_an_alias_that_was_set_or_changed_meanwhile_is_known(stage: Stage):
    stage.phantombuster.add("900", "Other")
    for number, agent_id in enumerate(("785", "900", "785")):
        alias(stage, "mine", agent_id, Kept())
        assert stored(stage, typed(number, agent="mine")).agent_id == agent_id
        stage.clock.forward(-3600)  # as somebody who sets the clock


def test_a_list_of_agents_that_was_read_meanwhile_is_used(stage: Stage):
    stage.poll()
    assert stored(stage, typed(1)).agent_name == "LinkedIn Search"
    stage.phantombuster.add("785", "LinkedIn Export")
    stage.clock.forward(1)
    stage.poll()
    assert stored(stage, typed(2)).agent_name == "LinkedIn Export"


def test_an_account_that_was_moved_to_v2_meanwhile_takes_no_command(stage: Stage):
    stored(stage, typed(1))
    moved = AuditEntry("T1", stage.clock(), "U9", AuditAction.KEY_STORED)
    assert stage.keys.move_to_v2(stage.keys.required("T1"), moved)
    assert stored(stage, typed(2)).state is State.ENDED


def test_what_is_asked_for_again_within_ten_seconds_is_asked_about_first(stage: Stage):
    stored(stage, typed(0))
    assert stored(stage, typed(1, argument='{"a": 1}')).state is State.INTENDED
    again = stored(stage, typed(2, argument='{"a": 1}'))
    assert (again.state, again.doubt) == (State.ASKED, ConfirmReason.DOUBLE)


def test_an_invocation_that_is_delivered_twice_is_stored_once(stage: Stage):
    stored(stage, typed(0))
    stored(stage, typed(1))
    assert request_launch(stage.context, typed(1)).run is None
    assert len(stage.runs.open("T1")) == 2
