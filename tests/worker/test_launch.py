"""One launch: what goes out, in what order, and what a kill leaves at each point."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fakes import FakeSlack
from sqlalchemy import event
from stage import INTENT, Stage, alias, rewrite

from phantombot.access.rules import Rules
from phantombot.agents.alias import Kept
from phantombot.context import Context
from phantombot.errors import (
    AgentNotFound,
    AnswerLost,
    CannotPost,
    KeyRejected,
    ParallelLimit,
    SlackUnavailable,
    StoreUnavailable,
)
from phantombot.phantombuster.account import Dialect
from phantombot.runs.admit import decide_at_once
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Before, ConfirmReason, Run, State
from phantombot.runs.request import request_launch
from phantombot.worker.follow import process_workspace
from phantombot.worker.launch import launch

POLLED = True
BOTH_APIS = True


class Killed(BaseException):
    """The process is no more."""


def test_a_launch_by_an_id_asks_phantombuster_for_nothing_else(stage: Stage):
    number = stage.type()
    launch(stage.context, "T1", number)
    assert stage.phantombuster.calls == ["launch"]


def test_a_launch_that_was_stored_by_a_clock_ahead_of_the_workers_is_sent_at_once(stage: Stage):
    number = stage.type()
    stage.clock.forward(-0.02)
    launch(stage.context, "T1", number)
    assert len(stage.phantombuster.launches) == 1


def test_the_database_is_asked_once_and_told_once_before_a_launch_is_sent(stage: Stage):
    run = request_launch(stage.context, replace(INTENT, trigger_id="new", command=None)).run
    assert run is not None
    asked: list[str] = []
    event.listen(
        stage.runs.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )
    before: list[str] = []
    sent = stage.phantombuster.launch

    def launched(*args: Any, **named: Any) -> Any:
        before.extend(statement.split()[0] for statement in asked)
        return sent(*args, **named)

    stage.phantombuster.launch = launched
    beside = replace(stage.context, run_beside=lambda work: work)
    launch(beside, "T1", run.id)
    assert before == ["SELECT", "UPDATE"]


@pytest.mark.parametrize("typed", ["LinkedIn Search", "link"])
def test_nor_does_one_by_a_name_of_the_stored_list(stage: Stage, typed: str):
    launch(stage.context, "T1", stage.type(agent=typed))
    assert stage.phantombuster.calls == ["launch"]


def test_a_name_that_no_list_has_is_looked_up_and_nothing_else(stage: Stage):
    stage.phantombuster.add("900", "Brand New")
    launch(stage.context, "T1", stage.type(agent="brand new"))
    assert stage.phantombuster.calls == ["account", "launch"]


def test_the_first_form_is_asked_for_its_last_number_and_launched_if_it_does_not_tell(
    stage_2014: Stage,
):
    stage_2014.phantombuster.fault("output", AnswerLost())
    launch(stage_2014.context, "T1", stage_2014.type())
    assert stage_2014.phantombuster.calls == ["output", "launch"]


def test_an_account_of_which_nothing_is_known_is_launched_without_a_look(stage: Stage):
    stage.keys.learn_dialect(replace(stage.keys.key("T1"), dialect=Dialect()))
    launch(stage.context, "T1", stage.type())
    assert stage.phantombuster.calls == ["launch"]


def test_the_launch_waits_for_no_post(stage: Stage):
    """The post is begun before and waited for afterwards."""
    done: list[str] = []

    def beside(work: Callable[[], None]) -> Callable[[], None]:
        def join() -> None:
            done.append("posted")
            work()

        return join

    sent = stage.phantombuster.launch

    def launched(*args: Any, **named: Any) -> Any:
        done.append("launched")
        return sent(*args, **named)

    stage.phantombuster.launch = launched
    number = stage.type()
    launch(replace(stage.context, run_beside=beside), "T1", number)
    assert done == ["launched", "posted"]
    run = stage.run(number)
    assert (run.state, run.ts is not None, run.container_id is not None) == (
        State.LAUNCHED,
        True,
        True,
    )


def test_both_answers_are_kept_whichever_comes_first(stage: Stage):
    later: list[Callable[[], None]] = []

    def beside(work: Callable[[], None]) -> Callable[[], None]:
        later.append(work)
        return lambda: [work() for work in later]

    number = stage.type()
    launch(replace(stage.context, run_beside=beside), "T1", number)
    assert (stage.run(number).ts, stage.run(number).container_id) != (None, None)
    assert stage.run(number).pending_post is None


def test_who_launches_twice_at_once_launches_once(stage: Stage):
    number = stage.type()
    again = stage.phantombuster.launch

    def launch_again(*args: Any, **named: Any) -> Any:
        launch(stage.context, "T1", number)
        return again(*args, **named)

    stage.phantombuster.launch = launch_again
    launch(stage.context, "T1", number)
    launch(stage.context, "T1", number)
    assert len(stage.phantombuster.launches) == 1


def test_a_mistyped_id_is_its_authors_business_alone(stage: Stage):
    launch(stage.context, "T1", stage.type(agent="786"))
    assert stage.slack.texts() == []
    ((_, message),) = stage.slack.whispers
    assert "no agent has the id 786" in message.text


def test_an_id_that_no_list_had_is_told_in_the_channel_once_it_is_launched(stage: Stage):
    stage.phantombuster.add("900", "Brand New")
    number = stage.type(agent="900")
    launch(stage.context, "T1", number)
    assert stage.last.startswith("⏳ *900* · queued")
    stage.process_workspace(4)
    assert stage.last.startswith("▶️ *Brand New* · running")


def test_an_alias_whose_agent_is_gone_is_told_as_that(stage: Stage):
    alias(stage, "leads", "4711", Kept())
    number = stage.type(agent="leads")
    launch(stage.context, "T1", number)
    assert stage.run(number).ending.kind is Kind.ALIAS_STALE


def test_the_parallel_limit_is_told_with_its_mend(stage: Stage):
    stage.phantombuster.fault("launch", ParallelLimit(status=429))
    launch(stage.context, "T1", stage.type())
    assert "nothing was launched: the limit on parallel runs is reached" in stage.last
    assert "raise it in the agent's settings" in stage.last


def test_a_refused_launch_whose_message_stands_is_told_there(stage: Stage):
    stage.phantombuster.fault("launch", AgentNotFound(status=404))
    launch(stage.context, "T1", stage.type())
    (text,) = stage.slack.texts()
    assert text.startswith("❌ *LinkedIn Search*")


@pytest.mark.parametrize(
    "error",
    [
        SlackUnavailable("ratelimited", retry_after=1),
        SlackUnavailable("unreachable", retry_after=1),
        CannotPost("not_in_channel"),
    ],
    ids=lambda error: error.code,
)
def test_whatever_slack_says_to_the_post_the_launch_goes_out(stage: Stage, error: Exception):
    stage.slack.faults["post"] = [error]
    number = stage.type()
    launch(stage.context, "T1", number)
    assert stage.run(number).state is State.LAUNCHED
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    told = [text for texts in ("C1", "D1") for text in stage.slack.texts(texts) if "✅" in text]
    assert len(told) == 1


def die_in(context: Context, service: str, method: str, *, after: bool) -> Context:
    """Return a context whose process dies in a call, before or after the service has acted."""
    real = getattr(context, service)

    class Deadly:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name) if name != method else self.die

        def die(self, *args: Any, **named: Any) -> Any:
            if after:
                getattr(real, method)(*args, **named)
            raise Killed

    return replace(context, **{service: Deadly()})


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("service", "method"), [("phantombuster", "launch"), ("slack", "post")])
@pytest.mark.parametrize("form", ["stage", "stage_2014"])
def test_killed_in_either_call_a_launch_is_never_sent_again_and_told_once(
    request: pytest.FixtureRequest, form: str, service: str, method: str, after: bool
):
    stage: Stage = request.getfixturevalue(form)
    number = stage.type()
    with pytest.raises(Killed):
        launch(die_in(stage.context, service, method, after=after), "T1", number)
    acted = len(stage.phantombuster.launches)
    stage.process_workspace(36)
    for run in stage.phantombuster.agents["785"].runs:
        stage.phantombuster.finish(run, result=[1])
    stage.tend_until_told(step=5)
    assert len(stage.phantombuster.launches) == acted
    found = Kind.SUCCESS if acted else Kind.NOT_FOUND
    assert stage.run(number).ending.kind is found
    assert endings(stage.slack) == 1


def others_go_on(stage: Stage, seconds: float) -> None:
    """Process the workspace as another worker meanwhile."""
    process_workspace(stage.context, "T1")
    stage.clock.forward(seconds)
    process_workspace(stage.context, "T1")
    stage.clock.forward(21)
    process_workspace(stage.context, "T1")


@pytest.mark.parametrize("form", ["stage", "stage_2014"])
def test_a_worker_paused_before_its_request_launches_nothing_that_was_told_as_not_launched(
    request: pytest.FixtureRequest, form: str
):
    stage: Stage = request.getfixturevalue(form)
    number = stage.type()

    def paused(post: Callable[[], None]) -> Callable[[], None]:
        post()
        others_go_on(stage, 36)
        return lambda: None

    launch(replace(stage.context, run_beside=paused), "T1", number)
    assert stage.run(number).ending.kind is Kind.NOT_FOUND
    assert stage.phantombuster.launches == []
    stage.tend_until_told()
    assert endings(stage.slack) == 1


@pytest.mark.parametrize("form", ["stage", "stage_2014"])
def test_a_worker_paused_for_a_moment_before_its_request_launches_with_a_new_lease(
    request: pytest.FixtureRequest, form: str
):
    stage: Stage = request.getfixturevalue(form)
    number = stage.type()

    def paused(post: Callable[[], None]) -> Callable[[], None]:
        post()
        stage.clock.forward(20)
        return lambda: None

    launch(replace(stage.context, run_beside=paused), "T1", number)
    assert len(stage.phantombuster.launches) == 1
    assert stage.run(number).state is State.LAUNCHED
    assert stage.run(number).sent_at == stage.clock()


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("form", ["stage", "stage_2014"])
def test_a_launch_that_slips_out_after_a_pause_is_found_and_told(
    request: pytest.FixtureRequest, form: str, lost: bool
):
    stage: Stage = request.getfixturevalue(form)
    number = stage.type()
    send = stage.phantombuster.launch

    def late(*args: Any, **named: Any) -> Any:
        others_go_on(stage, 36)
        assert stage.run(number).ending.kind is Kind.NOT_FOUND
        answer = send(*args, **named)
        if lost:
            raise AnswerLost
        return answer

    stage.phantombuster.launch = late
    launch(stage.context, "T1", number)
    stage.process_workspace(2)
    (run,) = stage.phantombuster.agents["785"].runs
    stage.phantombuster.finish(run, result=[1])
    stage.tend_until_told(step=5)
    assert stage.run(number).ending.kind is Kind.SUCCESS
    assert "✅" in stage.last


def endings(slack: FakeSlack) -> int:
    return sum(
        shown.message.text[0] in "✅❌⚠❔" for shown in slack.shown.values() if not shown.thread
    )


def test_what_was_seen_of_the_agent_lately_is_kept_with_the_launch(stage: Stage):
    stage.phantombuster.start_elsewhere()
    stage.poll()
    number = stage.type()
    launch(stage.context, "T1", number)
    assert stage.run(number).before == Before(busy=1, last_end="")


@pytest.mark.v1
def test_what_was_decided_at_once_needs_nobody_to_be_asked_again(stage: Stage):
    """The process that launches may not know the launcher, whom another has let in."""
    decided = decide_at_once(stage.context, replace(INTENT, trigger_id="7")).decided
    run = stage.runs.add(replace(INTENT, trigger_id="7"), stage.clock(), decided)
    assert run is not None
    stage.people.asked.clear()
    launch(stage.context, "T1", run.id)
    assert (stage.people.asked, stage.phantombuster.calls) == ([], ["launch"])


@pytest.mark.v1
def test_of_two_alike_that_were_stored_at_the_same_moment_one_is_asked_about(stage: Stage):
    decided = decide_at_once(stage.context, INTENT).decided
    for number in range(2):
        stage.runs.add(replace(INTENT, trigger_id=f"7.{number}"), stage.clock(), decided)
    stage.process_workspace()
    assert len(stage.phantombuster.launches) == 1
    ((_, message),) = stage.slack.whispers
    assert "Launch it once more?" in message.text


@pytest.mark.v1
def test_who_says_yes_before_it_is_written_down_that_they_were_asked_is_not_asked_again(
    stage: Stage,
):
    decided = decide_at_once(stage.context, INTENT).decided
    for number in range(2):
        stage.runs.add(replace(INTENT, trigger_id=f"7.{number}"), stage.clock(), decided)
    first, second = stage.runs.open("T1")
    launch(stage.context, "T1", first.id)
    shown = stage.slack.respond_ephemeral

    def pressed_at_once(*args: Any) -> None:
        shown(*args)
        asked = stage.run(second.id)
        rewrite(stage.runs, asked, state=State.INTENDED, ending=None, confirmed=True)

    stage.slack.respond_ephemeral = pressed_at_once
    launch(stage.context, "T1", second.id)
    launch(stage.context, "T1", second.id)
    assert len(stage.phantombuster.launches) == 2
    assert len(stage.slack.whispers) == 1


def test_an_agent_that_was_chosen_is_held_to_the_rules_too(stage: Stage):
    stage.phantombuster.add("900", "LinkedIn Other")
    stage.poll()
    stage.allow(Rules(agents=("785",)))
    number = stage.type(agent="LinkedIn")
    stage.process_workspace()
    asked = stage.run(number)
    assert asked.doubt == ConfirmReason.AGENT
    rewrite(stage.runs, asked, state=State.INTENDED, ending=None, agent_id="900", message_at=None)
    launch(stage.context, "T1", number)
    assert stage.run(number).ending.kind is Kind.NOT_ALLOWED
    assert stage.phantombuster.launches == []


@pytest.mark.v1
def test_a_question_after_an_answered_question_is_shown_too(stage: Stage):
    """As *Look again* does, and an agent that is chosen while the time is used up."""
    stage.phantombuster.add("900", "LinkedIn Other")
    stage.poll()
    decided = decide_at_once(stage.context, replace(INTENT, agent="LinkedIn")).decided
    run = stage.runs.add(replace(INTENT, agent="LinkedIn"), stage.clock(), decided)
    assert run is not None
    assert run.doubt == ConfirmReason.AGENT
    stage.phantombuster.time_left = 0
    stage.poll()
    anew = {"state": State.INTENDED, "ending": None, "message_digest": None, "message_at": None}
    rewrite(stage.runs, run, agent_id="900", **anew)
    launch(stage.context, "T1", run.id)
    assert stage.run(run.id).doubt == ConfirmReason.TIME_USED_UP
    ((_, message),) = stage.slack.whispers
    assert "Launch it anyway?" in message.text


@pytest.mark.v1
def test_what_an_alias_keeps_is_launched_after_a_question_too(stage: Stage):
    alias(stage, "leads", "785", Kept("phantomjs", '{"pages": 3}'))
    stage.phantombuster.time_left = 0
    stage.poll()
    number = stage.type(agent="leads", command=None, argument=None)
    launch(stage.context, "T1", number)
    asked = stage.run(number)
    assert asked.doubt == ConfirmReason.TIME_USED_UP
    rewrite(stage.runs, asked, state=State.INTENDED, confirmed=True)
    launch(stage.context, "T1", number)
    (sent,) = stage.phantombuster.launches
    assert (sent["command"], sent["argument"]) == ("phantomjs", '{"pages": 3}')


@pytest.mark.v1
def test_what_stood_behind_an_agent_is_not_kept_with_the_question(stage: Stage):
    number = stage.type(agent="LinkedIn Search AQEDARsecretcookie0123456789")
    launch(stage.context, "T1", number)
    run = stage.run(number)
    assert (run.agent, run.doubt) == ("LinkedIn Search", ConfirmReason.AGENT)
    ((_, message),) = stage.slack.whispers
    assert "AQEDAR" not in repr(message)
    assert "AQEDAR" not in repr(stage.audit.recent("T1", 9))


def test_whoever_tends_beside_a_refusal_does_not_tell_it_again(stage: Stage):
    number = stage.type(agent="786")
    shown = stage.slack.respond_ephemeral

    def beside(*args: Any) -> None:
        shown(*args)
        process_workspace(stage.context, "T1")

    stage.slack.respond_ephemeral = beside
    launch(stage.context, "T1", number)
    stage.tend_until_told()
    assert len(stage.slack.whispers) == 1


def test_a_refused_key_alerts_its_keeper_once_however_many_launches_meet_it(stage: Stage):
    stage.phantombuster.fault("launch", KeyRejected(status=401), KeyRejected(status=401))
    first, second = stage.type(argument="1"), stage.type(argument="2")
    posted = stage.slack.post

    def beside(*args: Any, **named: Any) -> Any:
        if args[1] == "U0ADA" and stage.run(second).state is State.INTENDED:
            launch(stage.context, "T1", second)
        return posted(*args, **named)

    stage.slack.post = beside
    launch(stage.context, "T1", first)
    assert len(stage.slack.texts("D0ADA")) == 1


def test_an_answer_that_comes_after_it_was_given_up_is_believed(stage: Stage):
    number = stage.type()
    sent = stage.phantombuster.launch

    def late(*args: Any, **named: Any) -> Any:
        run = stage.run(number)
        lost = Ending(Kind.NOT_FOUND)
        rewrite(stage.runs, run, state=State.ENDED, ending=lost, ended_at=stage.clock(), done=True)
        return sent(*args, **named)

    stage.phantombuster.launch = late
    launch(stage.context, "T1", number)
    assert stage.run(number).state is State.LAUNCHED
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.last.startswith("✅")


def test_an_answer_that_the_database_does_not_take_is_written_again(stage: Stage):
    number = stage.type()
    pauses: list[float] = []

    class Away:
        """Takes nothing of what the launch was answered, twice."""

        def __getattr__(self, name: str) -> Any:
            return getattr(stage.runs, name)

        def write(self, run: Run, after: Run, **more: Any) -> Run:
            if after.state is State.LAUNCHED and len(pauses) < 2:
                raise StoreUnavailable("away")
            return stage.runs.write(run, after, **more)

    launch(replace(stage.context, runs=Away(), pause=pauses.append), "T1", number)
    assert stage.run(number).state is State.LAUNCHED
    assert len(pauses) == 2


def test_a_chosen_agent_is_called_by_its_name(stage: Stage):
    number = stage.type(agent="Linkedin Serch")
    stage.process_workspace()
    rewrite(stage.runs, stage.run(number), state=State.INTENDED, ending=None, agent_id="785")
    launch(stage.context, "T1", number)
    assert stage.last.startswith("⏳ *LinkedIn Search*")
