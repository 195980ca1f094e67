from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from stage import rewrite

from phantombot.access.api_keys import ApiKeys
from phantombot.database import schema
from phantombot.errors import StaleWrite
from phantombot.phantombuster.account import ApiKey
from phantombot.runs.console import Console
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Before, Detail, Intent, State
from phantombot.runs.selection import Selection
from phantombot.runs.siblings import Unnamed
from phantombot.runs.store import Runs
from phantombot.runs.store_rows import changed_columns

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
INTENT = Intent(
    workspace="T1",
    trigger_id="1.2.a",
    channel="C1",
    user="U1",
    response_url="https://hooks.test/1",
    agent="785",
    command="casperjs",
    argument='{"a": 1}',
)


def test_an_intent_comes_back_as_the_run_it_began(runs: Runs):
    assert runs.add(INTENT, NOW)
    (run,) = runs.open("T1")
    assert (run.workspace, run.channel, run.user, run.agent) == ("T1", "C1", "U1", "785")
    assert (run.state, run.created_at, run.command) == (State.INTENDED, NOW, "casperjs")
    assert runs.argument(run) == '{"a": 1}'
    assert runs.response_url(run) == "https://hooks.test/1"


def test_one_trigger_id_is_one_run_however_often_it_is_added(runs: Runs):
    added = [runs.add(INTENT, NOW) for _ in range(5)]
    assert [run is not None for run in added] == [True, False, False, False, False]
    assert len(runs.open("T1")) == 1


def test_the_same_trigger_id_of_another_workspace_is_another_run(runs: Runs):
    assert runs.add(INTENT, NOW)
    assert runs.add(replace(INTENT, workspace="T2"), NOW)
    assert runs.workspaces_with_open() in (["T1", "T2"], ["T2", "T1"])


def test_a_write_is_read_back_whole(runs: Runs):
    runs.add(INTENT, NOW)
    (run,) = runs.open("T1")
    ending = Ending(Kind.NO_AGENT, candidates=(("1", "One"), ("2", "Two")))
    written = rewrite(
        runs,
        run,
        state=State.ENDED,
        before=Before("17", 3, 2),
        ending=ending,
        ended_at=NOW,
        fraction=0.5,
        launch_number=94,
    )
    assert runs.get("T1", run.id) == written
    assert written.ending == ending
    assert written.version == run.version + 1


def test_a_write_of_an_older_version_changes_nothing(runs: Runs):
    runs.add(INTENT, NOW)
    (run,) = runs.open("T1")
    rewrite(runs, run, state=State.SENDING)
    with pytest.raises(StaleWrite):
        rewrite(runs, run, state=State.ENDED)
    assert runs.open("T1")[0].state is State.SENDING


def test_a_run_that_was_told_is_no_longer_open_and_its_response_url_is_forgotten(runs: Runs):
    runs.add(INTENT, NOW)
    (run,) = runs.open("T1")
    run = rewrite(runs, run, done=True)
    assert runs.open("T1") == []
    assert runs.workspaces_with_open() == []
    assert runs.response_url(run) is None


def test_a_run_is_found_by_its_uid_in_its_own_workspace_alone(runs: Runs):
    first = runs.add(INTENT, NOW)
    second = runs.add(replace(INTENT, trigger_id="1.2.b"), NOW)
    assert first.uid != second.uid
    assert min(len(first.uid), len(second.uid)) >= 16
    assert runs.by_uid("T1", second.uid) == second
    assert runs.by_uid("T2", second.uid) is None


def test_another_workspace_cannot_get_a_run_by_its_number(runs: Runs):
    runs.add(INTENT, NOW)
    (run,) = runs.open("T1")
    assert runs.get("T2", run.id) is None


@pytest.mark.parametrize(
    ("change", "seconds", "is_twin"),
    [
        ({}, 9, True),
        ({}, 11, False),
        ({"user": "U2"}, 1, False),
        ({"argument": '{"a": 2}'}, 1, False),
        ({"argument": None}, 1, False),
        ({"command": "phantomjs"}, 1, False),
        ({"agent": "786"}, 1, False),
        ({"channel": "C2"}, 1, True),
        ({"workspace": "T2"}, 1, False),
    ],
    ids=str,
)
def test_a_twin_is_the_same_launch_by_the_same_user_within_the_time(
    runs: Runs, change: dict[str, str], seconds: int, is_twin: bool
):
    runs.add(INTENT, NOW)
    later = replace(INTENT, trigger_id="1.2.b", **change)
    runs.add(later, NOW + timedelta(seconds=seconds))
    run = runs.open(later.workspace)[-1]
    assert bool(runs.twins(run, timedelta(seconds=10))) is is_twin


def test_what_other_runs_of_the_agent_go_by_is_taken(runs: Runs):
    for number in range(3):
        runs.add(replace(INTENT, trigger_id=str(number)), NOW)
    first, second, third = (rewrite(runs, run, agent_id="785") for run in runs.open("T1"))
    rewrite(runs, first, container_id="17")
    rewrite(runs, second, launch_number=94)
    siblings = runs.siblings(third, NOW)
    assert (siblings.containers, siblings.numbers) == ({"17"}, {94})
    assert not siblings.in_flight


def test_a_launch_whose_answer_may_still_come_is_told_of_as_in_flight(runs: Runs):
    for number in range(2):
        runs.add(replace(INTENT, trigger_id=str(number)), NOW)
    first, second = (rewrite(runs, run, agent_id="785") for run in runs.open("T1"))
    before = Before(launch_number=6)
    sent = rewrite(runs, first, state=State.SENDING, sent_at=NOW, before=before)
    assert runs.siblings(second, NOW).in_flight
    assert runs.siblings(second, NOW).unnamed == (Unnamed(NOW, 6),)
    assert not runs.siblings(second, NOW + timedelta(seconds=1)).in_flight
    lost = rewrite(runs, sent, lost_at=NOW)
    assert not runs.siblings(second, NOW).in_flight
    rewrite(runs, lost, state=State.ENDED, ending=Ending(Kind.NOT_FOUND))
    assert runs.siblings(second, NOW).unnamed == ()


def test_what_runs_of_a_workspace_with_the_same_key_go_by_is_taken_too(
    runs: Runs, workspaces: ApiKeys
):
    for workspace, key in (("T1", "a-key-1234"), ("T2", "a-key-1234"), ("T3", "another-5678")):
        workspaces.store_key(workspace, key, by="U1", at=NOW)
        runs.add(replace(INTENT, workspace=workspace), NOW)
    run, same, other = (
        rewrite(runs, runs.open(workspace)[0], agent_id="785") for workspace in ("T1", "T2", "T3")
    )
    rewrite(runs, same, container_id="17")
    rewrite(runs, other, container_id="18")
    assert runs.siblings(run, NOW).containers == {"17"}


def test_what_was_read_of_a_console_comes_back_and_is_sealed(runs: Runs):
    runs.add(INTENT, NOW)
    (run,) = runs.open("T1")
    assert runs.console(run) == Console()
    console = Console(40, "s3cret tail", "s3cret error", "s3cr", cookie=True)
    run = rewrite(runs, run, console=console, detail=Detail.TEXT)
    assert runs.console(run) == console
    assert runs.get("T1", run.id).detail is Detail.TEXT
    with runs.database.reading() as connection:
        rows = connection.execute(select(schema.runs)).mappings().all()
    assert "s3cret" not in str(rows)


def test_runs_are_forgotten_once_they_are_old_and_told(runs: Runs):
    for number in range(3):
        runs.add(replace(INTENT, trigger_id=str(number)), NOW + number * timedelta(days=1))
    first, second, third = runs.open("T1")
    rewrite(runs, first, done=True)
    rewrite(runs, third, done=True)
    assert runs.forget(NOW + timedelta(days=2)) == 1
    assert runs.get("T1", first.id) is None
    assert runs.get("T1", second.id) is not None
    assert runs.get("T1", third.id) is not None


def test_the_last_runs_are_read_newest_first_without_what_names_no_agent(runs: Runs):
    for number, agent_id in enumerate(["785", None, "786", "785"]):
        intent = replace(INTENT, trigger_id=str(number), agent=f"typed {number}")
        runs.add(intent, NOW + timedelta(seconds=number))
        rewrite(runs, runs.open("T1")[-1], agent_id=agent_id)
    runs.add(replace(INTENT, workspace="T2"), NOW)
    rewrite(runs, runs.open("T2")[0], agent_id="785")
    assert [run.agent for run in runs.recent("T1", 10)] == ["typed 3", "typed 2", "typed 0"]
    assert [run.agent for run in runs.recent("T1", 1)] == ["typed 3"]
    assert [run.agent for run in runs.of_agent("T1", "785", 10)] == ["typed 3", "typed 0"]
    assert [run.agent for run in runs.of_agent("T1", "785", 1)] == ["typed 3"]


def test_runs_are_selected_by_agent_launcher_time_and_failure(runs: Runs):
    ended = {"state": State.ENDED, "ended_at": NOW, "container_id": "7"}
    for number, (user, agent_id, kind) in enumerate(
        [
            ("U1", "785", Kind.FAILED),
            ("U2", "785", Kind.SUCCESS),
            ("U1", "908", Kind.STOPPED),
            ("U1", "908", Kind.TIMED_OUT),
            ("U1", "908", None),
        ]
    ):
        intent = replace(INTENT, trigger_id=str(number), user=user, agent=str(number))
        runs.add(intent, NOW + timedelta(days=number))
        how = ended | {"ending": Ending(kind, said='"kind": "failed"')} if kind else {}
        rewrite(runs, runs.open("T1")[-1], agent_id=agent_id, agent_name=f"Old {number}", **how)

    def found(**wanted: object) -> str:
        return "".join(run.agent for run in runs.recent("T1", 9, Selection(**wanted)))

    assert found() == "43210"
    assert found(agent_id="785") == "10"
    assert found(user="U2") == "1"
    assert found(since=NOW + timedelta(days=2)) == "432"
    assert found(failed=True) == "30"
    assert found(failed=True, user="U1", agent_id="908") == "3"
    last = runs.last_of_each("T1", ["785", "908", "999"])
    assert {one: run.agent for one, run in last.items()} == {"785": "1", "908": "3"}
    assert runs.agents_launched("T1") == {"908": "Old 4", "785": "Old 1"}
    assert list(runs.launchers("T1")) == ["U1", "U2"]
    assert runs.recent("T2", 9, Selection(failed=True)) == []


def test_a_write_carries_only_the_columns_in_which_the_run_differs(runs: Runs):
    run = runs.add(INTENT, NOW)
    sending = run.sending(ApiKey("k"), Before(busy=1), NOW, pending_post=None)
    assert changed_columns(run, replace(sending, version=2)) == {
        "version": 2,
        "state": "sending",
        "sent_at": NOW,
        "api": "v1",
        "before_busy": 1,
        "before_container_id": None,
        "before_launch_number": None,
        "before_last_end": None,
    }
