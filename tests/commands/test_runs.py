from datetime import timedelta

import pytest
from stage import Stage, alias, asker, rewrite

from phantombot.access.rules import Person
from phantombot.agents.alias import Kept
from phantombot.commands import ACTIONS
from phantombot.commands.parse import parse
from phantombot.commands.runs import Runs
from phantombot.commands.spec import perform
from phantombot.errors import SlackUnavailable, UsageError
from phantombot.messages.blocks import Message
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import State
from phantombot.runs.selection import RunFilter
from phantombot.slack.payload import Invocation

WEEK = timedelta(days=7)


def answer(stage: Stage, line: str, user: str = "U1") -> Message:
    asked = parse(line)
    said = perform(stage.context, Invocation(asker(user), "1"), ACTIONS[type(asked)], asked)
    assert said is not None
    return said


@pytest.fixture
def launched(stage: Stage) -> Stage:
    """Return a stage where three people launched two agents, one of which failed, long ago one."""
    runs = [
        ("U1", "ada", "785", "LinkedIn Search", Kind.SUCCESS),
        ("U2", None, "908", "Hello World", Kind.FAILED),
        ("U3", None, "785", "LinkedIn Search", Kind.STOPPED),
    ]
    for user, name, agent_id, agent_name, kind in runs:
        run = stage.run(stage.type(user=user, agent=agent_id))
        ended = {"state": State.ENDED, "ending": Ending(kind), "ended_at": stage.clock()}
        known = {"agent_id": agent_id, "agent_name": agent_name, "user_name": name}
        rewrite(stage.runs, run, **known, **ended, ts="1.5", message_channel="C1")
        stage.clock.forward(WEEK.total_seconds())
    stage.people.persons["U2"] = Person(name="Max Power", handle="mpower")
    return stage


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("runs", RunFilter()),
        ("history failed", RunFilter(failed=True)),
        ("runs 785", RunFilter("785")),
        ("runs LinkedIn Search 7d", RunFilter("LinkedIn Search", within=WEEK)),
        ("runs 7d LinkedIn failed Search", RunFilter("LinkedIn Search", failed=True, within=WEEK)),
        ("runs 24h", RunFilter(within=timedelta(hours=24))),
        ("runs 2w", RunFilter(within=2 * WEEK)),
        ("runs 7 days", RunFilter(within=WEEK)),
        ("runs 785 7 Days", RunFilter("785", within=WEEK)),
        ('runs "Failed 7d" FAILED', RunFilter("Failed 7d", quoted=True, failed=True)),
        ('runs 7d "Failed 7d"', RunFilter("Failed 7d", quoted=True, within=WEEK)),
        ("runs @ada failed", RunFilter(failed=True, who=("ada",))),
        ("runs LinkedIn @ada Search", RunFilter("LinkedIn Search", who=("ada",))),
        ("runs @Ada Lovelace 7d", RunFilter(within=WEEK, who=("Ada", "Lovelace"))),
        ("runs <@U0ADA> 785", RunFilter("785", user="U0ADA")),
        ("runs 785 <@U0ADA|ada lovelace>", RunFilter("785", user="U0ADA")),
    ],
)
def test_filters_are_read_in_any_order(line: str, wanted: RunFilter):
    assert parse(line) == Runs(wanted)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("runs @ada @max", "one person"),
        ("runs <@U0ADA> @max", "one person"),
        ("runs <@U0ADA> <@U0MAX>", "one person"),
        ('runs "One" "Two"', "one agent"),
        ('runs "One" two', "one agent"),
        ("runs " + "x" * 300, "longer than any filter"),
    ],
)
def test_what_can_mean_nothing_is_answered_with_the_usage(line: str, why: str):
    with pytest.raises(UsageError, match=why) as caught:
        parse(line)
    assert "`/phantom runs [agent] [failed] [7d] [@who]`" in caught.value.sentence


@pytest.mark.parametrize(
    ("line", "agents"),
    [
        ("runs", ["785", "908", "785"]),
        ("runs 785", ["785", "785"]),
        ("runs Hello", ["908"]),
        ("runs failed", ["908"]),
        ("runs 8d", ["785"]),
        ("runs 2w", ["785", "908"]),
        ("runs 9999w", ["785", "908", "785"]),
        ("runs <@U2>", ["908"]),
        ("runs @ADA", ["785"]),
        ("runs @me", ["785"]),
        ("runs @mpower", ["908"]),
        ("runs @max power", ["908"]),
        ("runs @max power hello world failed", ["908"]),
    ],
)
def test_the_runs_that_are_asked_for_are_listed_newest_first(
    launched: Stage, line: str, agents: list[str]
):
    lines = answer(launched, line).text.splitlines()[1::2]
    assert [line.partition("(")[2].partition(")")[0] for line in lines] == agents


def test_a_run_is_listed_with_a_link_to_its_message_and_its_output(launched: Stage):
    rewrite(launched.runs, launched.runs.recent("T1", 1)[0], container_id="7")
    said = answer(launched, "runs @me 785")
    assert "<https://acme.slack.com/archives/C1/p15|Message>" in said.text
    newest = answer(launched, "runs").blocks[1]
    assert newest["accessory"]["text"]["text"] == "Output"
    assert newest["accessory"]["accessibility_label"] == "Output of LinkedIn Search"


def test_where_slack_does_not_tell_its_address_runs_are_listed_without_links(launched: Stage):
    launched.people.addresses = SlackUnavailable("timeout")
    assert "|Message>" not in answer(launched, "runs").text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("runs yesterday", "“yesterday” is neither an agent nor another filter."),
        ("runs @ada yesterday", "“yesterday” is neither an agent nor another filter."),
        ("runs Helo World", "Did you mean Hello World (908)?"),
        ("runs 4711", "“4711” is neither an agent nor another filter."),
        ("runs faild", "Did you mean `failed`?"),
        ("runs @adda", "Nobody called “@adda” has launched anything here. Did you mean @ada?"),
        ('runs @ada lovelace "Hello World"', "Nobody called “@ada lovelace”"),
        ("runs <@U9>", "No runs by <@U9>. `/phantom runs` lists the latest of all."),
        ("runs 785 failed 24h", "No failed runs of LinkedIn Search (785) in the last day."),
    ],
)
def test_a_filter_that_finds_nothing_is_answered_in_one_sentence_with_the_next_step(
    launched: Stage, line: str, said: str
):
    assert said in answer(launched, line).text


def test_more_runs_than_are_shown_are_said(stage: Stage):
    for number in range(21):
        run = stage.run(stage.type(agent=str(number + 1)))
        rewrite(stage.runs, run, agent_id=str(number + 1))
    said = answer(stage, "runs")
    assert len(said.blocks) == 22
    assert "There are older ones." in said.text


def test_an_alias_of_the_channel_stands_for_its_agent(launched: Stage):
    alias(launched, "leads", "908", Kept())
    assert "Runs of Hello World (908):" in answer(launched, "runs leads").text
