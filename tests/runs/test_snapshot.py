from dataclasses import replace
from datetime import datetime

import pytest
from fakes import KEY
from stage import INTENT, Stage, rewrite

from phantombot.errors import (
    AnswerLost,
    AnswerUnreadable,
    BadParameters,
    KeyRejected,
    PhantombusterError,
    RateLimited,
    Redirected,
    ServerFault,
    SlackUnavailable,
    Unreachable,
)
from phantombot.runs.ending import Kind
from phantombot.runs.model import Run, State
from phantombot.runs.siblings import Siblings
from phantombot.worker.follow import process_workspace
from phantombot.worker.launch import launch

POLLED = True
BOTH_APIS = True


@pytest.mark.v1
def test_a_launch_is_sent_followed_and_told_in_one_message(stage: Stage):
    number = stage.type()
    stage.process_workspace()
    assert stage.phantombuster.launches == [
        {"agent": "785", "command": "casperjs", "argument": '{"a": 1}', "save": False}
    ]
    (run,) = stage.phantombuster.agents["785"].runs
    stage.process_workspace(4)
    assert stage.last.startswith("▶️ *LinkedIn Search* · running")
    stage.phantombuster.finish(run, result=[1, 2, 3])
    stage.tend_until_told()
    assert len(stage.slack.texts()) == 1
    assert stage.line == "✅ *LinkedIn Search* · finished in 4 min 10 s · 3 results"
    assert stage.run(number).done


@pytest.mark.v1
def test_the_channel_reads_first_that_it_is_launching_then_that_it_is_queued(stage: Stage):
    stage.type()
    stage.process_workspace()
    assert stage.slack.history[0] == (
        "⏳ *LinkedIn Search* · launching\nLaunched by Max · casperjs"
    )


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ({"command": None, "argument": None}, {"command": None, "argument": None}),
        ({"save": True}, {"save": True}),
        ({"agent": "linkedin search"}, {"agent": "785"}),
        ({"agent": "link"}, {"agent": "785"}),
        ({"argument": '{"n":1.0e5, "s":"“x”"}'}, {"argument": '{"n":1.0e5, "s":"“x”"}'}),
    ],
    ids=str,
)
def test_what_was_typed_is_what_is_sent(stage: Stage, typed: dict, sent: dict):
    stage.type(**typed)
    stage.process_workspace()
    (launch,) = stage.phantombuster.launches
    assert {name: launch[name] for name in sent} == sent


def test_a_name_that_several_agents_have_is_told_to_the_caller_with_their_ids(stage: Stage):
    stage.phantombuster.add("901", "Twitter Followers")
    stage.phantombuster.add("902", "Twitter Followers")
    stage.type(agent="twitter followers")
    stage.process_workspace()
    assert stage.phantombuster.launches == []
    ((url, message),) = stage.slack.whispers
    assert url == "https://hooks.test/1"
    assert "Twitter Followers (901) or Twitter Followers (902)" in message.text
    assert stage.slack.texts() == []


def test_a_name_that_no_agent_has_is_told_to_the_caller_with_the_nearest(stage: Stage):
    stage.type(agent="Linkedin Serch", quoted=True)
    stage.process_workspace()
    ((_, message),) = stage.slack.whispers
    assert "Did you mean LinkedIn Search (785)?" in message.text
    assert stage.phantombuster.launches == []


def test_an_id_that_the_account_does_not_list_is_left_to_phantombuster_to_refuse(stage: Stage):
    stage.type(agent="786")
    assert stage.process_workspace() is None
    assert stage.phantombuster.calls.count("launch") == 1
    ((_, message),) = stage.slack.whispers
    assert "Nothing was launched: no agent has the id 786." in message.text
    assert "Did you mean LinkedIn Search (785)?" in message.text
    assert stage.slack.texts() == []


def test_without_a_key_a_member_reads_who_can_add_it(stage: Stage):
    stage.keys.remove_key("T1")
    stage.type()
    assert stage.process_workspace() is None
    ((_, message),) = stage.slack.whispers
    assert "A workspace admin or owner can add it with `/phantom key`" in message.text
    assert len(message.blocks) == 1


def test_without_a_key_an_admin_gets_the_button(stage: Stage):
    stage.keys.remove_key("T1")
    stage.type(user="U0ADA")
    stage.process_workspace()
    ((_, message),) = stage.slack.whispers
    assert message.blocks[1]["elements"][0]["action_id"] == "add_key"


REFUSALS = [
    (Unreachable(), "Phantombuster can't be reached"),
    (AnswerLost(), "Phantombuster isn't answering"),
    (AnswerUnreadable(), "I can't read Phantombuster's answer"),
    (ServerFault(status=500), "Phantombuster has an internal error"),
    (Redirected(status=302), "Phantombuster's API has moved"),
    (KeyRejected(status=401), "no longer accepts this workspace's key"),
    (RateLimited(), "Phantombuster is rate-limiting us"),
    (BadParameters("no <!channel> such thing"), "“no &lt;!channel&gt; such thing”"),
]


@pytest.mark.parametrize("method", ["account", "output", "containers"])
@pytest.mark.parametrize("error", [error for error, _ in REFUSALS], ids=str)
@pytest.mark.parametrize("form", ["stage", "stage_2014"])
def test_what_fails_beside_a_launch_does_not_keep_it_from_being_sent(
    request: pytest.FixtureRequest, form: str, method: str, error: PhantombusterError
):
    stage: Stage = request.getfixturevalue(form)
    stage.phantombuster.fault(method, *[error] * 3)
    stage.type()
    stage.process_workspace()
    assert len(stage.phantombuster.launches) == 1
    stage.process_workspace(2)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told(step=20)
    # Without its last number from before, the first form can't tell a run from an older one.
    unknown = (form, method) == ("stage_2014", "output")
    told = "❔ *LinkedIn Search* · " if unknown else "✅ *LinkedIn Search* · finished"
    assert stage.last.startswith(told)
    assert stage.phantombuster.calls.count("launch") == 1


@pytest.mark.parametrize(("error", "sentence"), REFUSALS, ids=lambda x: str(x)[:30])
def test_an_unknown_name_that_cannot_be_looked_up_is_one_sentence(
    stage: Stage, error: PhantombusterError, sentence: str
):
    stage.phantombuster.fault("account", error)
    stage.type(agent="Brand New")
    stage.tend_until_told()
    assert stage.phantombuster.launches == []
    assert sentence in stage.last
    assert "nothing was launched" in stage.last


@pytest.mark.parametrize("error", [e for e, _ in REFUSALS if not e.maybe_acted], ids=str)
def test_a_launch_that_is_refused_is_told_at_once_and_not_sent_again(
    stage: Stage, error: PhantombusterError
):
    stage.phantombuster.fault("launch", error)
    stage.type()
    assert stage.process_workspace() is None
    assert stage.phantombuster.calls.count("launch") == 1
    assert stage.last.startswith("❌ *LinkedIn Search* · nothing was launched")


LOST = [AnswerLost(), AnswerUnreadable(), ServerFault(status=500)]


@pytest.mark.parametrize("error", LOST, ids=str)
@pytest.mark.parametrize("form", ["stage", "stage_2014"])
def test_a_launch_whose_answer_is_lost_after_acting_is_adopted_and_followed(
    request: pytest.FixtureRequest, form: str, error: PhantombusterError
):
    stage: Stage = request.getfixturevalue(form)
    earlier = stage.phantombuster.start_elsewhere()
    stage.phantombuster.finish(earlier)
    stage.clock.forward(60)
    stage.phantombuster.launch_acts_before_its_fault = True
    stage.phantombuster.fault("launch", error)
    number = stage.type()
    stage.process_workspace()
    stage.process_workspace(2)
    assert stage.run(number).state is State.LAUNCHED
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], result=[1])
    stage.tend_until_told()
    assert len(stage.phantombuster.launches) == 1
    assert stage.phantombuster.calls.count("launch") == 1
    assert "✅ *LinkedIn Search* · finished" in stage.last
    assert "found again after its launch went unanswered" in stage.last


@pytest.mark.parametrize("form", ["stage", "stage_2014"])
def test_a_lost_launch_that_ended_before_anybody_looked_is_adopted_too(
    request: pytest.FixtureRequest, form: str
):
    stage: Stage = request.getfixturevalue(form)
    stage.phantombuster.launch_acts_before_its_fault = True
    stage.phantombuster.fault("launch", AnswerLost())
    stage.type()
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], result=[1])
    stage.tend_until_told()
    assert "✅ *LinkedIn Search* · finished" in stage.last


@pytest.mark.parametrize("form", ["stage", "stage_2014"])
def test_a_lost_launch_that_never_acted_is_said_plainly_not_to_be_found(
    request: pytest.FixtureRequest, form: str
):
    stage: Stage = request.getfixturevalue(form)
    stage.phantombuster.finish(stage.phantombuster.start_elsewhere())
    stage.clock.forward(60)
    stage.phantombuster.fault("launch", AnswerLost())
    number = stage.type()
    stage.process_workspace()
    stage.process_workspace(4)
    assert "the answer to the launch was lost; looking for the run" in stage.last
    stage.tend_until_told()
    assert stage.run(number).ending.kind is Kind.NOT_FOUND
    assert "no new run was found" in stage.last
    assert stage.phantombuster.calls.count("launch") == 1


def unfound(stage: Stage) -> int:
    """Launch and lose the answer, until the run is reported as not found; return its number."""
    stage.phantombuster.fault("launch", AnswerLost())
    number = stage.type()
    for seconds in (0, 6, 30):
        stage.process_workspace(seconds)
    assert stage.run(number).ending.kind is Kind.NOT_FOUND
    assert "no new run was found" in stage.last
    return number


@pytest.mark.v1
@pytest.mark.parametrize("ended", [False, True])
def test_a_run_that_appears_after_it_was_told_not_to_be_found_is_adopted_all_the_same(
    stage: Stage, ended: bool
):
    number = unfound(stage)
    late = stage.phantombuster.start_elsewhere()
    if ended:
        stage.phantombuster.finish(late, result=[1])
    stage.process_workspace(12)
    assert stage.run(number).adopted
    stage.process_workspace(12)
    assert ended or stage.last.startswith("▶️")
    if not ended:
        stage.phantombuster.finish(late, result=[1])
    stage.tend_until_told()
    (told,) = stage.slack.texts()
    assert told.startswith("✅")
    assert "found again after its launch went unanswered" in told
    assert stage.phantombuster.calls.count("launch") == 1


@pytest.mark.parametrize("ended", [False, True])
def test_a_run_that_begins_long_after_a_lost_launch_is_somebody_elses(stage: Stage, ended: bool):
    number = unfound(stage)
    stage.clock.forward(60)
    late = stage.phantombuster.start_elsewhere()
    if ended:
        stage.phantombuster.finish(late)
    stage.tend_until_told()
    assert stage.run(number).ending.kind is Kind.NOT_FOUND
    assert len(stage.slack.texts()) == 1


@pytest.mark.v1
def test_what_is_not_found_is_looked_for_now_and_then_and_not_for_ever(stage: Stage):
    unfound(stage)
    asked = stage.phantombuster.calls.count("output")
    stage.tend_until_told()
    assert 20 <= stage.phantombuster.calls.count("output") - asked <= 31


def test_a_run_of_another_launch_of_ours_is_not_adopted(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.phantombuster.fault("launch", AnswerLost())
    lost = stage.type(argument='{"a": 2}')
    stage.process_workspace()
    stage.clock.forward(30)
    stage.process_workspace()
    assert stage.run(lost).ending.kind is Kind.NOT_FOUND


def with_a_lost_launch_in_t2(stage: Stage) -> None:
    """Give T2 the same account as T1, and a launch that never arrived there."""
    stage.keys.store_key("T2", KEY, by="U0ADA", at=stage.clock())
    stage.phantombuster.fault("launch", AnswerLost())
    run = stage.runs.add(replace(INTENT, workspace="T2"), stage.clock())
    launch(stage.context, "T2", run.id)


def test_a_run_of_another_workspace_with_the_same_key_is_not_adopted(stage: Stage):
    with_a_lost_launch_in_t2(stage)
    stage.type()
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1])
    stage.clock.forward(30)
    process_workspace(stage.context, "T2")
    lost = stage.runs.get("T2", 1)
    assert lost.container_id is None
    assert lost.ending.kind is Kind.NOT_FOUND


def test_of_two_who_adopt_the_same_run_at_once_neither_is_believed(stage: Stage):
    with_a_lost_launch_in_t2(stage)
    number = stage.type()
    stage.process_workspace()
    ours = stage.run(number)

    class AtOnce:
        """The other workspace's adoption is written in the middle of this one's."""

        looks = 0

        def siblings(self, run: Run, since: datetime) -> Siblings:
            self.looks += 1
            return Siblings() if self.looks == 1 else stage.runs.siblings(run, since)

        def __getattr__(self, name: str) -> object:
            return getattr(stage.runs, name)

    process_workspace(replace(stage.context, runs=AtOnce()), "T2")
    (lost,) = stage.runs.open("T2")
    assert (lost.state, lost.container_id) == (State.SENDING, None)
    assert ours.container_id is not None


def test_a_launch_that_succeeds_and_does_not_start_is_told_with_its_last_words(stage_2014: Stage):
    stage_2014.phantombuster.agents["785"].fails_to_start = "Agent has no associated script"
    stage_2014.type()
    stage_2014.tend_until_told()
    assert stage_2014.last.startswith("❌ *LinkedIn Search* · launched, but did not start")
    assert "“Agent has no associated script”" in stage_2014.last
    assert "Choose one at Phantombuster" in stage_2014.last


def test_in_the_2014_form_the_run_is_known_by_its_launch_number(stage_2014: Stage):
    stage_2014.phantombuster.finish(stage_2014.phantombuster.start_elsewhere())
    number = stage_2014.type()
    stage_2014.process_workspace()
    stage_2014.process_workspace(2)
    assert stage_2014.run(number).launch_number == 2
    stage_2014.phantombuster.finish(stage_2014.phantombuster.agents["785"].runs[-1])
    stage_2014.tend_until_told()
    assert stage_2014.line == "✅ *LinkedIn Search* · finished in 4 s"


def test_the_same_launch_within_ten_seconds_is_asked_about_first(stage: Stage):
    stage.type()
    stage.process_workspace()
    second = stage.type()
    stage.process_workspace(5)
    assert len(stage.phantombuster.launches) == 1
    ((_, message),) = stage.slack.whispers
    assert "Launch it once more?" in message.text
    assert [e["action_id"] for e in message.blocks[1]["elements"]] == ["launch_again", "launch_not"]
    run = stage.run(second)
    rewrite(stage.runs, run, state=State.INTENDED, confirmed=True)
    stage.process_workspace()
    assert len(stage.phantombuster.launches) == 2


def test_the_same_launch_after_a_refusal_is_not_asked_about(stage: Stage):
    stage.phantombuster.fault("launch", BadParameters())
    stage.type()
    stage.process_workspace()
    stage.type()
    stage.process_workspace(3)
    assert len(stage.phantombuster.launches) == 1
    assert stage.slack.whispers == []


def test_a_question_that_nobody_answers_is_a_no(stage: Stage):
    stage.type()
    stage.process_workspace()
    second = stage.type()
    stage.process_workspace(1)
    stage.process_workspace(601)
    assert stage.run(second).ending.kind is Kind.CANCELLED
    assert len(stage.phantombuster.launches) == 1


def test_an_intent_found_five_minutes_later_is_told_instead_of_launched(stage: Stage):
    stage.type()
    stage.process_workspace(5 * 60 + 1)
    assert stage.phantombuster.launches == []
    assert "or held up for more than 5 minutes after you typed this; launch again if" in stage.last


def test_an_intent_found_earlier_is_launched(stage: Stage):
    stage.type()
    stage.process_workspace(5 * 60 - 1)
    assert len(stage.phantombuster.launches) == 1


def test_an_intent_that_waits_for_slack_waits_its_whole_minute(stage: Stage):
    stage.type()
    stage.people.faults = [SlackUnavailable("unreachable")] * 99
    stage.process_workspace(4 * 60 + 50)
    stage.process_workspace(20)
    assert stage.slack.texts() == []
    stage.people.faults.clear()
    stage.process_workspace(20)
    assert len(stage.phantombuster.launches) == 1


def test_an_intent_that_waited_for_slack_when_a_backup_was_made_is_told_too(stage: Stage):
    stage.type()
    stage.people.faults = [SlackUnavailable("unreachable")] * 99
    stage.process_workspace()
    stage.people.faults.clear()
    stage.process_workspace(6 * 60 + 1)
    assert stage.phantombuster.launches == []
    assert "launch again if you still want to" in stage.last


def test_an_answer_to_a_question_counts_from_when_it_was_given(stage: Stage):
    stage.type()
    stage.process_workspace()
    second = stage.type()
    stage.process_workspace(5)
    run = stage.run(second)
    stage.clock.forward(8 * 60)
    answered = run.intended_again(stage.clock())
    stage.runs.write(run, replace(answered, confirmed=True))
    stage.process_workspace()
    assert len(stage.phantombuster.launches) == 2


def test_an_intent_that_was_already_prepared_expires_too(stage: Stage):
    number = stage.type()
    rewrite(stage.runs, stage.run(number), agent_id="785", agent_name="LinkedIn Search")
    stage.process_workspace(5 * 3600)
    assert stage.phantombuster.launches == []
    assert stage.run(number).ending.kind is Kind.EXPIRED


def test_a_launch_in_flight_is_left_to_the_process_that_waits_for_its_answer(stage: Stage):
    number = stage.type()
    sent = stage.phantombuster.launch

    def slow_launch(*args: object, **named: object) -> object:
        answer = sent(*args, **named)
        stage.process_workspace(25)  # another process, on the same store
        return answer

    stage.phantombuster.launch = slow_launch
    stage.process_workspace()
    assert stage.run(number).state is State.LAUNCHED
    assert not stage.run(number).adopted
    assert len(stage.phantombuster.launches) == 1


def test_a_launch_found_in_flight_long_after_a_crash_is_looked_for_and_adopted(stage: Stage):
    number = stage.type()
    run = rewrite(stage.runs, stage.run(number), agent_id="785", agent_name="LinkedIn Search")
    rewrite(stage.runs, run, state=State.SENDING, sent_at=stage.clock())
    stage.phantombuster.start_elsewhere()
    stage.process_workspace(2)
    assert stage.run(number).state is State.SENDING
    stage.process_workspace(40)
    assert stage.run(number).state is State.LAUNCHED
    assert stage.run(number).adopted


def test_a_lost_launch_behind_a_newer_one_is_not_given_up_while_it_may_be_going_on(stage: Stage):
    stage.phantombuster.launch_acts_before_its_fault = True
    stage.phantombuster.fault("launch", AnswerLost())
    lost, newer = stage.type(), stage.type(argument='{"a": 2}')
    stage.process_workspace()
    for _ in range(30):
        stage.process_workspace(2)
    assert stage.run(lost).ending is None
    first, second = stage.phantombuster.agents["785"].runs
    stage.phantombuster.finish(first, result=[1])
    stage.phantombuster.finish(second, result=[1, 2])
    stage.tend_until_told(step=10)
    assert {stage.run(lost).container_id, stage.run(newer).container_id} == {
        first.container_id,
        second.container_id,
    }
    assert stage.run(lost).ending.kind is Kind.SUCCESS


def test_a_run_that_was_going_on_before_a_lost_launch_is_not_adopted(stage: Stage):
    older = stage.phantombuster.start_elsewhere()
    stage.clock.forward(10)
    newer = stage.phantombuster.start_elsewhere()
    stage.clock.forward(5)
    stage.phantombuster.fault("launch", AnswerLost())
    number = stage.type()
    stage.process_workspace()
    stage.phantombuster.finish(older, result=[1])
    stage.process_workspace(2)
    assert stage.run(number).state is State.SENDING
    stage.phantombuster.finish(newer, result=[1])
    stage.process_workspace(30)
    assert stage.run(number).ending.kind is Kind.NOT_FOUND


def test_an_earlier_failure_to_launch_is_not_taken_for_this_one(stage_2014: Stage):
    agent = stage_2014.phantombuster.agents["785"]
    agent.fails_to_start = "Agent has no associated script"
    number = stage_2014.type()
    stage_2014.process_workspace()
    stage_2014.process_workspace(16)
    assert stage_2014.run(number).ending is not None
    again = stage_2014.type(argument="{}")
    stage_2014.process_workspace()
    stage_2014.process_workspace(6)
    assert stage_2014.run(again).ending is None
    agent.fails_to_start = ""
    stage_2014.phantombuster.start_elsewhere()
    stage_2014.process_workspace(2)
    assert stage_2014.run(again).launch_number == 1


def test_a_launch_that_fails_while_another_run_is_busy_is_told(stage_2014: Stage):
    stage_2014.phantombuster.start_elsewhere()
    stage_2014.phantombuster.agents["785"].fails_to_start = ""
    number = stage_2014.type()
    sent = stage_2014.phantombuster.launch

    def refuse(*args: object, **named: object) -> object:
        stage_2014.phantombuster.agents["785"].fails_to_start = "Parallel limit reached"
        return sent(*args, **named)

    stage_2014.phantombuster.launch = refuse
    stage_2014.process_workspace()
    stage_2014.process_workspace(20)
    assert stage_2014.run(number).ending.said == "Parallel limit reached"


def test_a_question_asked_late_is_open_for_its_whole_time(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.slack.faults["whisper"] = [SlackUnavailable("unreachable", retry_after=900)]
    second = stage.type()
    stage.process_workspace(1)
    stage.process_workspace(901)
    assert stage.run(second).state is State.ASKED
    assert "Launch it once more?" in stage.slack.whispers[0][1].text
    stage.process_workspace(599)
    assert stage.run(second).state is State.ASKED
    stage.process_workspace(2)
    assert stage.run(second).ending.kind is Kind.CANCELLED
