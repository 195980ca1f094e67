"""The rules in force: before a launch is sent, and before an agent is stopped."""

import pytest
from stage import Stage, asker, confirmed, refused, rewrite

from phantombot.access.audit import AuditAction
from phantombot.access.permissions import denied_reading
from phantombot.access.rules import Person, Rules, Who
from phantombot.errors import SlackError, SlackUnavailable
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.stop import instances
from phantombot.runs.stopping import StopOutcome
from phantombot.worker.launch import SLACK_WAITED_FOR

POLLED = True

SILENT = SlackUnavailable("no_answer")
NAMED = Rules(who=Who.NAMED, users=("U7",), groups=("S1", "S2"))


def silence(stage: Stage, *errors: SlackError) -> None:
    stage.people.faults = list(errors or [SILENT] * 1000)


def ending(stage: Stage, **typed: object) -> Ending:
    number = stage.type(**typed)
    stage.tend_until_told()
    found = stage.run(number).ending
    assert found is not None
    return found


def assert_refused(stage: Stage, cause: str, **typed: object) -> None:
    told = ending(stage, **typed)
    assert (told.kind, told.cause) == (Kind.NOT_ALLOWED, cause)
    assert stage.phantombuster.launches == []
    assert stage.slack.texts() == []
    (whisper,) = stage.slack.whispers
    assert whisper[1].text.startswith("Nothing was launched: ")


@pytest.mark.parametrize(
    ("rules", "person", "cause"),
    [
        (Rules(), Person(guest=True), "guest"),
        (Rules(guests=True), Person(stranger=True), "stranger"),
        (Rules(guests=True), Person(deactivated=True), "deactivated"),
        (Rules(guests=True), Person(bot=True), "bot"),
        (Rules(who=Who.ADMINS), Person(), "not an admin"),
        (NAMED, Person(), "not named"),
        (Rules(channels=("C2",)), Person(admin=True), "channel"),
        (Rules(agents=("786",)), Person(admin=True), "agent"),
    ],
)
def test_who_may_not_reads_why_in_private_and_nothing_is_launched(
    stage: Stage, rules: Rules, person: Person, cause: str
):
    stage.allow(rules)
    stage.people.persons["U1"] = person
    assert_refused(stage, cause)


@pytest.mark.parametrize("typed", ["785", "99999"])
def test_an_agent_that_is_not_listed_is_not_allowed_by_its_number(stage: Stage, typed: str):
    stage.allow(Rules(agents=("LinkedIn",)))
    assert_refused(stage, "agent", agent=typed)


def test_a_refusal_tells_a_guest_no_names_of_agents(stage: Stage):
    stage.people.persons["U1"] = Person(guest=True)
    ending(stage, agent="linkedin serch")
    assert "LinkedIn Search" not in stage.slack.whispers[0][1].text
    assert stage.phantombuster.launches == []


@pytest.mark.parametrize("group", ["S1", "S2"])
def test_a_member_of_a_named_group_launches(stage: Stage, group: str):
    stage.allow(NAMED)
    stage.people.groups[group] = frozenset({"U1"})
    stage.type()
    stage.process_workspace()
    assert len(stage.phantombuster.launches) == 1


def test_under_the_default_rules_no_group_is_asked_for(stage: Stage):
    stage.type()
    stage.process_workspace()
    assert set(stage.people.asked) == {"U1"}


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (SILENT, "unknown"),
        (SlackUnavailable("ratelimited", retry_after=30), "unknown"),
        (SlackUnavailable("internal_error"), "unknown"),
        (SlackUnavailable("missing_scope"), "scope"),
    ],
)
@pytest.mark.parametrize("rules", [Rules(), NAMED])
def test_whom_slack_does_not_describe_launches_nothing_even_if_they_launched_before(
    stage: Stage, rules: Rules, error: SlackUnavailable, cause: str
):
    stage.type()
    stage.process_workspace()
    stage.allow(rules)
    silence(stage, *[error] * 1000)
    stage.clock.forward(30)
    number = stage.type()
    stage.process_workspace()
    assert stage.run(number).state == "intended"
    stage.process_workspace(SLACK_WAITED_FOR.total_seconds() + 1)
    assert stage.run(number).ending == Ending(Kind.NOT_ALLOWED, cause=cause)
    assert len(stage.phantombuster.launches) == 1
    assert denied_reading(stage.context, asker()) == cause


def test_who_is_not_known_yet_launches_as_soon_as_slack_answers(stage: Stage):
    silence(stage, SILENT, SILENT, SILENT)
    number = stage.type()
    stage.process_workspace()
    assert stage.run(number).last_error == "SlackSilent"
    stage.process_workspace(2)
    stage.process_workspace(2)
    assert len(stage.phantombuster.launches) == 1
    assert stage.run(number).last_error is None


def test_who_is_no_longer_allowed_cannot_confirm_a_double(stage: Stage):
    stage.type()
    stage.process_workspace()
    number = stage.type()
    stage.process_workspace()
    run = stage.run(number)
    assert run.state == "asked"
    stage.allow(Rules(who=Who.ADMINS))
    rewrite(stage.runs, run, state=type(run.state).INTENDED, confirmed=True)
    stage.process_workspace()
    assert stage.run(number).ending == Ending(Kind.NOT_ALLOWED, cause="not an admin")
    assert len(stage.phantombuster.launches) == 1


@pytest.mark.parametrize(
    ("rules", "cause"),
    [
        (Rules(who=Who.ADMINS), "not an admin"),
        (Rules(channels=("C2",)), "channel"),
        (Rules(agents=("Other",)), "agent"),
    ],
)
def test_a_stop_obeys_the_same_rules_and_a_refused_one_is_written_down(
    stage: Stage, rules: Rules, cause: str
):
    stage.allow(rules)
    stage.phantombuster.start_elsewhere()
    refusal = Ending(Kind.NOT_ALLOWED, cause=cause)
    assert refused(lambda: instances(stage.context, asker(), "785", quoted=False)) == refusal
    assert refused(lambda: confirmed(stage.context)) == refusal
    assert "abort" not in stage.phantombuster.calls
    entry = stage.audit.recent("T1", 1)[0]
    assert (entry.what, entry.user, entry.outcome) == (AuditAction.STOP, "U1", "not allowed")


def test_a_stop_does_not_wait_for_a_silent_slack(stage: Stage):
    silence(stage)
    stage.phantombuster.start_elsewhere()
    assert refused(lambda: confirmed(stage.context)) == Ending(Kind.NOT_ALLOWED, cause="unknown")


def test_a_stop_says_in_the_trail_what_became_of_it(stage: Stage):
    stage.phantombuster.start_elsewhere()
    outcome = confirmed(stage.context)
    assert outcome.fate is StopOutcome.STOPPED
    (entry,) = [entry for entry in stage.audit.recent("T1", 9) if entry.what is AuditAction.STOP]
    assert (entry.agent, entry.channel, entry.outcome) == ("LinkedIn Search (785)", "C1", "stopped")
