from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from fakes import KEY
from patience import PATIENCE
from stage import Stage, asker, confirmed, refused, rewrite, stopping

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.agents.alias import Kept, ShortName
from phantombot.errors import (
    AgentNotFound,
    AnswerLost,
    KeyRejected,
    PhantombusterError,
    RateLimited,
    Redirected,
    ServerFault,
    StoreUnavailable,
    Unreachable,
)
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Account
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import ConfirmReason, State
from phantombot.runs.stop import instances, stop
from phantombot.runs.stopping import Instances, StopOutcome, Stopping, StopQuestion
from phantombot.worker.launch import launch

HOUR = timedelta(hours=1)


def stopped(stage: Stage, user: str = "U1", agent_id: str = "785") -> Stopping:
    outcome = confirmed(stage.context, user, agent_id)
    assert isinstance(outcome, Stopping)
    return outcome


def aborts(stage: Stage) -> int:
    return stage.phantombuster.calls.count("abort")


def stopper(stage: Stage) -> str | None:
    return stage.stops.stopper("T1", "785", stage.clock() - HOUR, stage.clock())


def test_all_instances_are_aborted_once_and_the_stopper_is_known(stage: Stage):
    runs = [stage.phantombuster.start_elsewhere() for _ in range(2)]
    runs[1].status = "queued"
    outcome = stopped(stage)
    assert (outcome.fate, outcome.agent.name) == (StopOutcome.STOPPED, "LinkedIn Search")
    assert (outcome.agent.running, outcome.agent.queued) == (1, 1)
    assert [run.status for run in runs] == ["not running"] * 2
    assert (aborts(stage), stopper(stage)) == (1, "U1")


def test_where_nothing_runs_nothing_is_aborted_and_nobody_has_stopped_it(stage: Stage):
    assert stopped(stage).fate is StopOutcome.IDLE
    assert (aborts(stage), stopper(stage)) == (0, None)


def test_what_is_queued_is_seen_in_the_2014_form_too(stage_2014: Stage):
    stage_2014.phantombuster.start_elsewhere().status = "queued"
    outcome = stopped(stage_2014)
    assert (outcome.fate, outcome.agent.queued) == (StopOutcome.STOPPED, 1)


def test_an_agent_can_be_stopped_again_a_moment_later(stage: Stage):
    for user in ("U1", "U2"):
        stage.phantombuster.start_elsewhere()
        assert stopped(stage, user).fate is StopOutcome.STOPPED
        stage.clock.forward(0.1)
    assert (aborts(stage), stopper(stage)) == (2, "U2")


def test_whoever_is_at_it_already_is_named_and_nothing_is_aborted_twice(stage: Stage):
    stage.phantombuster.start_elsewhere()
    stage.stops.begin(stopping("U2", stage.clock()), "785")
    stage.clock.forward(1)
    outcome = stopped(stage)
    assert (outcome.fate, outcome.by) == (StopOutcome.TAKEN, "U2")
    assert (aborts(stage), stopper(stage)) == (0, "U2")


def test_a_stop_that_a_crash_left_open_bars_nobody_for_long(stage: Stage):
    stage.phantombuster.start_elsewhere()
    stage.stops.begin(stopping("U2", stage.clock()), "785")
    stage.clock.forward(36)
    assert stopped(stage).fate is StopOutcome.STOPPED


def test_who_counted_before_another_stopped_does_not_stop_what_is_newer(stage: Stage):
    class Slow:
        """While the account is read, another has it all stopped."""

        def __getattr__(self, name: str) -> Any:
            return getattr(stage.phantombuster, name)

        def account(self, key: ApiKey) -> Account:
            account = stage.phantombuster.account(key)
            stage.clock.forward(1)
            lease = stage.stops.begin(stopping("U2", stage.clock()), "785")
            stage.clock.forward(1)
            stage.stops.finish(lease, stage.clock(), "stopped")
            stage.clock.forward(1)
            return account

    stage.phantombuster.start_elsewhere()
    outcome = confirmed(replace(stage.context, phantombuster=Slow()))
    assert (outcome.fate, outcome.by) == (StopOutcome.TAKEN, "U2")
    assert (aborts(stage), stopper(stage)) == (0, "U2")


@dataclass
class Pausing:
    """Stops whose worker is paused at a point, for so many seconds."""

    stage: Stage
    method: str
    seconds: float
    meanwhile: Callable[[], object]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.stage.stops, name)
        if name != self.method:
            return found

        def paused(*given: Any) -> Any:
            self.method = ""
            done = found(*given)
            self.stage.clock.forward(self.seconds)
            self.meanwhile()
            return done

        return paused


def test_a_worker_paused_after_its_note_aborts_nothing_that_was_launched_since(stage: Stage):
    first = stage.phantombuster.start_elsewhere()

    def meanwhile() -> None:
        assert stopped(stage, "U2").fate is StopOutcome.STOPPED
        stage.clock.forward(1)
        stage.type()
        stage.process_workspace()

    paused = replace(stage.context, stops=Pausing(stage, "begin", 40, meanwhile))
    outcome = confirmed(paused)
    assert isinstance(outcome, Instances)
    assert (outcome.count, aborts(stage)) == (1, 1)
    assert [first.status, *(run.status for run in stage.phantombuster.agents["785"].runs[1:])] == [
        "not running",
        "running",
    ]
    assert stopper(stage) == "U2"


def test_a_worker_paused_for_a_moment_after_its_note_counts_again_and_stops(stage: Stage):
    stage.phantombuster.start_elsewhere()
    outcome = confirmed(replace(stage.context, stops=Pausing(stage, "begin", 20, lambda: None)))
    assert isinstance(outcome, Stopping)
    assert (outcome.fate, aborts(stage), stopper(stage)) == (StopOutcome.STOPPED, 1, "U1")


def test_an_abort_that_slips_out_after_a_pause_is_told_and_whom_it_ended_learns_who_did(
    stage: Stage,
):
    stage.phantombuster.start_elsewhere()
    abort = stage.phantombuster.abort

    def paused(key: ApiKey, agent_id: str, *, softly: bool) -> None:
        stage.phantombuster.abort = abort
        stage.clock.forward(40)
        assert stopped(stage, "U2").fate is StopOutcome.STOPPED
        stage.clock.forward(1)
        stage.type(user="U3")
        stage.process_workspace()
        stage.clock.forward(1)
        abort(key, agent_id)

    stage.phantombuster.abort = paused
    assert stopped(stage).fate is StopOutcome.LATE
    stage.tend_until_told()
    assert "stopped by <@U1>" in stage.last


@pytest.mark.parametrize(
    ("age", "count", "again"),
    [(0, 1, False), (0, 2, False), (0, None, False), (0, 0, True), (301, 1, True), (-301, 1, True)],
)
def test_a_question_that_is_out_of_date_is_asked_again(
    stage: Stage, age: float, count: int | None, again: bool
):
    stage.phantombuster.start_elsewhere()
    asked = StopQuestion("785", stage.clock() - timedelta(seconds=age), count)
    outcome = stop(stage.context, asker(), asked)
    assert isinstance(outcome, Instances) is again
    assert aborts(stage) == (0 if again else 1)


def test_one_that_was_launched_after_the_question_is_asked_about_though_another_ended(
    stage: Stage,
):
    asked = StopQuestion("785", stage.clock(), 1)
    stage.clock.forward(1)
    stage.type()
    stage.process_workspace()
    outcome = stop(stage.context, asker(), asked)
    assert isinstance(outcome, Instances)
    assert aborts(stage) == 0


def test_of_two_who_press_at_the_same_instant_one_stops(stage: Stage):
    stage.phantombuster.start_elsewhere()
    start = Barrier(2)

    def press(user: str) -> Stopping:
        start.wait(PATIENCE)
        return stopped(stage, user)

    with ThreadPoolExecutor(2) as crowd:
        outcomes = list(crowd.map(press, ["U1", "U2"]))
    assert aborts(stage) == 1
    assert sum(outcome.fate is StopOutcome.STOPPED for outcome in outcomes) == 1


@pytest.mark.parametrize(
    "error", [Unreachable(), KeyRejected(), AgentNotFound(), RateLimited(), Redirected()], ids=str
)
@pytest.mark.parametrize("stopped_before", [False, True])
def test_an_abort_that_surely_did_nothing_leaves_no_stopper(
    stage: Stage, error: PhantombusterError, stopped_before: bool
):
    if stopped_before:
        stage.stops.finish(
            stage.stops.begin(stopping("U2", stage.clock()), "785"), stage.clock(), "stopped"
        )
        stage.clock.forward(1)
    stage.phantombuster.start_elsewhere()
    stage.phantombuster.fault("abort", error)
    outcome = refused(lambda: confirmed(stage.context))
    assert (outcome.kind, outcome.cause) == (Kind.REFUSED, type(error).__name__)
    assert (aborts(stage), stopper(stage)) == (1, "U2" if stopped_before else None)
    assert stopped(stage).fate is StopOutcome.STOPPED


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("error", [AnswerLost(), ServerFault()], ids=str)
def test_an_abort_whose_answer_is_lost_is_not_repeated_and_its_stopper_is_kept(
    stage: Stage, acts: bool, error: PhantombusterError
):
    stage.phantombuster.start_elsewhere()
    stage.phantombuster.abort_acts_before_its_fault = acts
    stage.phantombuster.fault("abort", error)
    assert stopped(stage).fate is StopOutcome.DOUBTFUL
    assert (aborts(stage), stopper(stage)) == (1, "U1")
    stage.clock.forward(0.1)
    assert stopped(stage).fate is (StopOutcome.IDLE if acts else StopOutcome.STOPPED)


@pytest.mark.parametrize(
    ("error", "cause"), [(ServerFault(), "ServerFault"), (AnswerLost(), "AnswerLost")], ids=str
)
def test_an_account_that_cannot_be_read_stops_nothing(
    stage: Stage, error: PhantombusterError, cause: str
):
    stage.phantombuster.start_elsewhere()
    stage.phantombuster.fault("account", error)
    outcome = refused(lambda: confirmed(stage.context))
    assert (outcome.kind, outcome.cause) == (Kind.REFUSED, cause)
    assert (aborts(stage), stopper(stage)) == (0, None)


@pytest.mark.parametrize(("error", "done"), [(None, True), (Unreachable(), False)], ids=str)
def test_a_store_that_fails_after_the_abort_changes_nothing_about_what_was_done(
    stage: Stage, error: PhantombusterError | None, done: bool
):
    class Failing:
        begin = stage.stops.begin

        def finish(self, *_: object) -> None:
            raise StoreUnavailable

        withdraw = finish

    stage.phantombuster.start_elsewhere()
    stage.phantombuster.fault("abort", *filter(None, [error]))
    context = replace(stage.context, stops=Failing())
    if done:
        assert confirmed(context).fate is StopOutcome.STOPPED
    else:
        assert refused(lambda: confirmed(context)).cause == "Unreachable"


def test_a_store_that_fails_before_the_abort_lets_nothing_be_done(stage: Stage):
    class Failing:
        def begin(self, *_: object) -> None:
            raise StoreUnavailable

    stage.phantombuster.start_elsewhere()
    with pytest.raises(StoreUnavailable):
        confirmed(replace(stage.context, stops=Failing()))
    assert aborts(stage) == 0


def test_without_a_key_nothing_is_asked(stage: Stage):
    stage.keys.remove_key("T1")
    assert refused(lambda: confirmed(stage.context)) == Ending(Kind.NO_KEY)
    assert stage.phantombuster.calls == []


def test_the_id_of_no_agent_stops_none_whose_name_begins_alike(stage: Stage):
    stage.phantombuster.add("1", "99 leads")
    stage.phantombuster.start_elsewhere("1")
    outcome = refused(lambda: confirmed(stage.context, agent_id="99"))
    assert (outcome.cause, aborts(stage)) == ("AgentNotFound", 0)


def test_instances_are_counted_of_the_agent_that_is_meant(stage: Stage):
    stage.phantombuster.start_elsewhere()
    found = instances(stage.context, asker(), "linkedin", quoted=False)
    assert (found.agent.id, found.agent.running, found.agent.queued) == ("785", 1, 0)
    assert found.unsent == 0


def test_an_id_that_the_account_does_not_list_is_tried_as_it_is(stage: Stage):
    hidden = stage.phantombuster.add("4711", "Hidden")
    stage.phantombuster.start_elsewhere("4711")

    class Unlisting:
        def __getattr__(self, name: str) -> Any:
            return getattr(stage.phantombuster, name)

        def account(self, key: ApiKey) -> Account:
            assert key.value == KEY
            return Account((), None)

    context = replace(stage.context, phantombuster=Unlisting())
    found = instances(context, asker(), "4711", quoted=False)
    assert (found.agent.id, found.agent.name, found.agent.running) == ("4711", "", 1)
    outcome = confirmed(context, agent_id="4711")
    assert (outcome.fate, hidden.runs[0].status) == (StopOutcome.STOPPED, "not running")
    missing = refused(lambda: instances(context, asker(), "4712", quoted=False))
    assert missing.kind is Kind.NO_AGENT


def test_a_launch_that_is_not_sent_yet_is_counted_and_cancelled(stage: Stage):
    number = stage.type(user="U2")
    found = instances(stage.context, asker(), "785", quoted=False)
    assert (found.unsent, found.agent.running) == (1, 0)
    outcome = stopped(stage)
    assert (outcome.fate, outcome.cancelled, aborts(stage)) == (StopOutcome.CANCELLED, 1, 0)
    stage.tend_until_told()
    assert stage.phantombuster.launches == []
    assert stage.run(number).ending.kind is Kind.CANCELLED
    ((_, message),) = stage.slack.whispers
    assert "<@U1> stopped 785 before your launch was sent" in message.text


def test_who_stops_their_own_launch_is_not_told_of_it_twice(stage: Stage):
    stage.type(user="U1")
    assert stopped(stage).fate is StopOutcome.CANCELLED
    stage.tend_until_told()
    assert stage.slack.whispers == []


def test_a_question_that_is_still_open_is_cancelled_too(stage: Stage):
    stage.type()
    stage.process_workspace()
    asked = stage.type()
    stage.process_workspace(1)
    assert stage.run(asked).state is State.ASKED
    outcome = stopped(stage)
    assert (outcome.fate, outcome.cancelled, aborts(stage)) == (StopOutcome.STOPPED, 1, 1)
    assert stage.run(asked).ending.kind is Kind.CANCELLED


def test_a_launch_whose_answer_is_awaited_is_stopped_once_it_came(stage: Stage):
    number = stage.type()
    rewrite(
        stage.runs, stage.run(number), state=State.SENDING, sent_at=stage.clock(), agent_id="785"
    )

    def answered(_seconds: float) -> None:
        stage.phantombuster.start_elsewhere()
        found = stage.run(number)
        name = stage.phantombuster.agents["785"].runs[0].container_id
        rewrite(stage.runs, found, state=State.LAUNCHED, container_id=name)

    outcome = confirmed(replace(stage.context, pause=answered))
    assert (outcome.fate, aborts(stage)) == (StopOutcome.STOPPED, 1)
    assert stage.phantombuster.agents["785"].runs[0].status == "not running"


def test_a_launch_that_the_account_does_not_show_yet_is_stopped_all_the_same(stage: Stage):
    number = stage.type()
    launch(stage.context, "T1", number)
    idle = replace(stage.phantombuster.listed().agents[0], running=0, queued=0)
    stage.phantombuster.listed = lambda: Account((idle,), None)
    assert stopped(stage).fate is StopOutcome.STOPPED
    assert aborts(stage) == 1


def test_a_launch_by_an_alias_that_is_not_decided_yet_is_cancelled_too(stage: Stage):
    deed = AuditEntry("T1", stage.clock(), "U1", AuditAction.ALIAS_SET, "785", "C1", "leads")
    word = ShortName("leads", "785", "LinkedIn Search", "U1", stage.clock(), keeps=False)
    stage.aliases.put(deed, word, Kept())
    stage.type(agent="leads")
    assert stopped(stage).cancelled == 1


@pytest.mark.parametrize("doubt", [ConfirmReason.ARGUMENT, ConfirmReason.AGENT])
def test_what_is_only_kept_for_its_author_is_no_launch_to_be_stopped(
    stage: Stage, doubt: ConfirmReason
):
    number = stage.type()
    rewrite(stage.runs, stage.run(number), state=State.ASKED, doubt=doubt, message_at=stage.clock())
    found = instances(stage.context, asker(), "785", quoted=False)
    assert found.unsent == 0
    assert stopped(stage).fate is StopOutcome.IDLE


def test_in_v2_scripts_are_asked_first_and_stopped_then(stage_v2: Stage):
    run = stage_v2.phantombuster.start_elsewhere()
    stage_v2.phantombuster.stubborn = True
    outcome = stopped(stage_v2)
    assert (outcome.fate, outcome.at) == (StopOutcome.STOPPING, stage_v2.clock())
    assert (stage_v2.phantombuster.calls[-1], run.status) == ("abort softly", "running")
    stage_v2.clock.forward(20)
    asked = StopQuestion("785", outcome.at, 1, now=True)
    outcome = stop(stage_v2.context, asker("U1"), asked)
    assert isinstance(outcome, Stopping)
    assert (outcome.fate, run.status) == (StopOutcome.STOPPED, "not running")
    assert stage_v2.phantombuster.calls[-1] == "abort"


def test_a_run_that_was_asked_to_end_and_was_killed_is_put_down_to_who_asked(stage_v2: Stage):
    number = stage_v2.type()
    stage_v2.process_workspace()
    stage_v2.clock.forward(5)
    assert stopped(stage_v2, "U0BOB").fate is StopOutcome.STOPPING
    stage_v2.tend_until_told()
    ending = stage_v2.run(number).ending
    assert ending is not None
    assert (ending.kind, ending.stopped_by) == (Kind.STOPPED, "U0BOB")


@pytest.mark.parametrize("ahead", [-60, 60])
def test_a_stop_is_put_down_to_who_stopped_though_the_clocks_differ(stage_v2: Stage, ahead: int):
    number = stage_v2.type()
    stage_v2.process_workspace()
    stage_v2.clock.forward(245)
    assert stopped(stage_v2, "U0BOB").fate is StopOutcome.STOPPING
    phantombuster = stage_v2.phantombuster
    phantombuster.clock_ahead = timedelta(seconds=ahead)
    phantombuster.agents["785"].runs[-1].queued_at += phantombuster.clock_ahead
    stage_v2.tend_until_told()
    ending = stage_v2.run(number).ending
    assert ending is not None
    assert ending.stopped_by == "U0BOB"


def test_stop_now_asks_again_where_more_runs_than_it_spoke_of(stage_v2: Stage):
    stage_v2.phantombuster.start_elsewhere()
    stage_v2.phantombuster.stubborn = True
    outcome = stopped(stage_v2)
    stage_v2.phantombuster.start_elsewhere()
    again = stop(stage_v2.context, asker("U1"), StopQuestion("785", outcome.at, 1, now=True))
    assert isinstance(again, Instances)
    assert "abort" not in stage_v2.phantombuster.calls
