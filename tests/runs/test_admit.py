"""What an acknowledgement can say by itself: from the disk and from memory, asking nobody."""

from dataclasses import replace

import pytest
from stage import INTENT, Stage, alias, rewrite

from phantombot.access.rules import Person, Rules, Who
from phantombot.agents.alias import Kept
from phantombot.errors import NotAtHand, SlackUnavailable
from phantombot.runs.admit import decide_at_once
from phantombot.runs.ending import STRAY_COMMAND, Kind
from phantombot.runs.model import UNDECIDED, ConfirmReason, Decision, Intent, State

POLLED = True


def decided(stage: Stage, **typed: object) -> Decision:
    before = len(stage.phantombuster.calls), len(stage.people.asked)
    admission = decide_at_once(stage.context, replace(INTENT, **typed))
    assert (len(stage.phantombuster.calls), len(stage.people.asked)) == before, "nobody is asked"
    return admission.decided


def waits_for(stage: Stage, **typed: object) -> str:
    return decide_at_once(stage.context, replace(INTENT, **typed)).waits_for


class Cached:
    """What Slack told lately of some people; nobody may be asked."""

    def __init__(self, **persons: Person) -> None:
        self.persons = persons
        self.asked: list[str] = []

    @property
    def at_hand(self) -> "Cached":
        return self

    def person(self, _workspace: str, user: str) -> Person:
        if user not in self.persons:
            raise NotAtHand("Slack")
        return self.persons[user]

    def group_members(self, _workspace: str, _group: str) -> frozenset[str]:
        raise NotAtHand("Slack")


@pytest.mark.parametrize("typed", ["785", "LinkedIn Search", "linkedin search", "Link"])
def test_an_agent_of_the_stored_list_is_known_at_once(stage: Stage, typed: str):
    found = decided(stage, agent=typed)
    assert (found.state, found.agent_id, found.agent_name) == (
        State.INTENDED,
        "785",
        "LinkedIn Search",
    )


def test_an_id_that_no_list_has_is_left_to_phantombuster(stage: Stage):
    found = decided(stage, agent="4711")
    assert (found.state, found.agent_id, found.agent_name) == (State.INTENDED, "4711", None)


def test_an_old_list_is_good_enough_for_whom_it_has(stage: Stage):
    stage.clock.forward(30 * 24 * 3600)
    assert decided(stage, agent="LinkedIn Search").agent_id == "785"


def test_an_unknown_name_is_refused_by_a_fresh_list_and_looked_up_behind_an_old_one(stage: Stage):
    fresh = decided(stage, agent="Brand New")
    assert (fresh.state, fresh.ending.kind) == (State.ENDED, Kind.NO_AGENT)
    stage.clock.forward(61)
    assert waits_for(stage, agent="Brand New") == "Phantombuster"


def test_near_and_ambiguous_names_are_asked_about(stage: Stage):
    for agent_id in ("901", "902"):
        stage.phantombuster.add(agent_id, "Twitter Followers")
    stage.poll()
    near = decided(stage, agent="Linkedin Serch")
    assert (near.state, near.doubt) == (State.ASKED, ConfirmReason.AGENT)
    assert near.ending.candidates == (("785", "LinkedIn Search"),)
    both = decided(stage, agent="Twitter Followers")
    assert (both.state, both.ending.kind) == (State.ASKED, Kind.AMBIGUOUS)
    assert [agent_id for agent_id, _ in both.ending.candidates] == ["901", "902"]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("785 firefox", "firefox"),
        ("785 caspejs", "caspejs"),
        ("LinkedIn Search phantom", "phantom"),
        ("LinkedIn Search whatever", "whatever"),
        ("785 node", "node"),
        ("785 casper js", "casper"),
        ("785 firefox please now", "firefox"),
    ],
)
def test_a_word_in_the_commands_place_is_told_as_that(stage: Stage, typed: str, word: str):
    found = decided(stage, agent=typed)
    assert (found.state, found.ending.cause, found.ending.said) == (
        State.ASKED,
        STRAY_COMMAND,
        word,
    )
    assert found.ending.candidates == (("785", "LinkedIn Search"),)


def test_a_word_behind_an_alias_is_told_as_that(stage: Stage):
    alias(stage, "leads", "785", Kept())
    found = decided(stage, agent="leads firefox")
    assert (found.ending.cause, found.ending.said) == (STRAY_COMMAND, "firefox")


def test_an_agent_whose_name_ends_like_a_command_is_that_agent(stage: Stage):
    stage.phantombuster.add("900", "LinkedIn Search node")
    stage.poll()
    assert decided(stage, agent="LinkedIn Search node").agent_id == "900"


def test_what_may_be_a_new_agents_name_is_looked_up_before_a_word_is_blamed(stage: Stage):
    stage.clock.forward(61)
    assert waits_for(stage, agent="LinkedIn Search Paris") == "Phantombuster"
    assert decided(stage, agent="LinkedIn Search firefox").ending.cause == STRAY_COMMAND


def test_an_alias_adds_what_it_keeps_and_is_no_double_of_itself(stage: Stage):
    alias(stage, "leads", "785", Kept("phantomjs", '{"pages": 3}'))
    bare: dict[str, object] = {"agent": "leads", "command": None, "argument": None}
    found = decided(stage, **bare)
    assert (found.agent_id, found.command, found.argument) == ("785", "phantomjs", '{"pages": 3}')
    run = stage.runs.add(replace(INTENT, trigger_id="1", **bare), stage.clock(), found)
    assert run is not None
    assert (run.agent, run.command, stage.runs.argument(run)) == (
        "leads",
        "phantomjs",
        '{"pages": 3}',
    )
    assert decided(stage, **bare).doubt is ConfirmReason.DOUBLE


def test_the_same_launch_within_ten_seconds_is_asked_about(stage: Stage):
    stage.type()
    assert decided(stage).doubt is ConfirmReason.DOUBLE
    stage.clock.forward(11)
    assert decided(stage).state is State.INTENDED


def test_without_a_key_that_is_the_answer_whoever_asks(stage: Stage):
    stage.keys.remove_key("T1")
    context = replace(stage.context, people=Cached())
    found = decide_at_once(context, INTENT).decided
    assert (found.state, found.ending.kind) == (State.ENDED, Kind.NO_KEY)


def test_who_is_known_is_refused_at_once_and_who_is_not_waits_for_slack(stage: Stage):
    stage.allow(Rules(who=Who.ADMINS))
    known = replace(stage.context, people=Cached(U1=Person()))
    assert decide_at_once(known, INTENT).decided.ending.kind is Kind.NOT_ALLOWED
    unknown = decide_at_once(replace(stage.context, people=Cached()), INTENT)
    assert (unknown.decided, unknown.waits_for) == (UNDECIDED, "Slack")


def test_somebody_whom_slack_was_silent_about_is_not_let_in_for_an_earlier_launch(stage: Stage):
    number = stage.type()
    rewrite(stage.runs, stage.run(number), sent_at=stage.clock())
    stage.people.faults = [SlackUnavailable("unreachable")]
    assert waits_for(stage, agent="Twitter") == "Slack"


@pytest.mark.parametrize(
    ("seconds", "busy", "time_left"), [(0, 1, 250), (59, 1, 250), (61, None, None)]
)
def test_the_account_is_known_by_the_last_poll_if_that_is_not_a_minute_old(
    stage: Stage, seconds: float, busy: int | None, time_left: int | None
):
    stage.phantombuster.start_elsewhere()
    stage.phantombuster.time_left = 250
    stage.poll()
    stage.clock.forward(seconds)
    found = decided(stage)
    assert (found.busy, found.time_left) == (busy, time_left)


def test_an_argument_stands_in_no_repr(stage: Stage):
    secret: Intent = replace(INTENT, argument='{"cookie": "s3cret"}')
    assert "s3cret" not in repr(decide_at_once(stage.context, secret))
