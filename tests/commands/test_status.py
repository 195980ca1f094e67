import pytest
from stage import Stage, asker

from phantombot.access.rules import Person, Rules, Who
from phantombot.commands import ACTIONS
from phantombot.commands.parse import parse
from phantombot.commands.spec import perform
from phantombot.errors import SlackUnavailable
from phantombot.messages.blocks import Message
from phantombot.slack.payload import Invocation


def answer(stage: Stage, line: str, user: str = "U1") -> Message:
    asked = parse(line)
    said = perform(stage.context, Invocation(asker(user), "1"), ACTIONS[type(asked)], asked)
    assert said is not None
    return said


def offered(message: Message) -> list[str]:
    """Return the agents that can be stopped from the list."""
    return [block["accessory"]["value"] for block in message.blocks if "accessory" in block]


@pytest.fixture
def busy(stage: Stage) -> Stage:
    stage.phantombuster.add("908", "Hello World")
    stage.phantombuster.start_elsewhere("785")
    stage.phantombuster.start_elsewhere("908")
    return stage


def test_each_agent_that_goes_on_can_be_stopped(busy: Stage):
    assert sorted(offered(answer(busy, "status"))) == ["785", "908"]
    assert offered(answer(busy, "status 785")) == ["785"]


def test_an_agent_that_does_not_go_on_is_not_offered_to_be_stopped(stage: Stage):
    assert offered(answer(stage, "status 785")) == []


@pytest.mark.parametrize(
    ("rules", "stoppable"),
    [
        (Rules(who=Who.ADMINS), []),
        (Rules(channels=("C9",)), []),
        (Rules(agents=("908",)), ["908"]),
    ],
)
def test_what_the_rules_forbid_is_not_offered(busy: Stage, rules: Rules, stoppable: list[str]):
    busy.allow(rules)
    assert offered(answer(busy, "status")) == stoppable


def test_an_admin_is_offered_what_only_admins_may(busy: Stage):
    busy.allow(Rules(who=Who.ADMINS))
    busy.people.persons["U0ADA"] = Person(admin=True)
    assert sorted(offered(answer(busy, "status", "U0ADA"))) == ["785", "908"]


def test_where_slack_does_not_say_who_is_in_a_group_it_is_offered_and_checked_later(busy: Stage):
    busy.allow(Rules(who=Who.NAMED, groups=("S1",)))

    def silent(_workspace: str, _group: str) -> frozenset[str]:
        raise SlackUnavailable("timeout")

    busy.people.group_members = silent
    assert sorted(offered(answer(busy, "status"))) == ["785", "908"]
