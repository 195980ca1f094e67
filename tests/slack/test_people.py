"""Who somebody is: asked of Slack once, and remembered for a while."""

from collections.abc import Iterator

import pytest

from phantombot.access.rules import Person
from phantombot.errors import NotAtHand, SlackUnavailable
from phantombot.sandbox.slack import LocalSlack
from phantombot.slack.client import Poster
from phantombot.slack.people import ADDRESS_KEPT, GROUP_KEPT, PERSON_KEPT, People

TEAM = "T0SANDBOX"
TOKEN = "xoxb-people"


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    slack = LocalSlack(signing_secret="s" * 16, bot_token=TOKEN)
    slack.start()
    yield slack
    slack.stop()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def people(slack: LocalSlack, seconds: Seconds) -> People:
    return People(Poster(lambda _: TOKEN, slack.api_url), seconds)


@pytest.mark.parametrize(
    ("user", "person"),
    [
        ("U0ADA", Person(admin=True)),
        ("U0MAX", Person()),
        ("U0GUS", Person(guest=True)),
        ("U0SOL", Person(guest=True)),
        ("U0SIA", Person(stranger=True)),
        ("U0BOB", Person(bot=True)),
        ("U0DEE", Person(deactivated=True)),
        ("U0NOBODY", Person(stranger=True)),
        ("", Person(stranger=True)),
    ],
)
def test_people_are_what_slack_says(slack: LocalSlack, people: People, user: str, person: Person):
    slack.add_person("U0SOL", "single")
    slack.add_person("U0BOB", "bot")
    slack.add_person("U0DEE", "deactivated")
    slack.add_person("U0SIA", "admin", team="T0ELSEWHERE")
    assert people.person(TEAM, user) == person


def test_a_member_of_one_workspace_is_a_stranger_in_another_but_for_an_organisations(
    slack: LocalSlack, people: People
):
    slack.organise("T0042")
    assert people.person("T0042", "U0ADA") == Person(admin=True)
    assert people.person("E0SANDBOX", "U0MAX") == Person()
    assert people.person("T0ELSEWHERE", "U0ADA") == Person(stranger=True)


def test_slack_is_asked_once_and_again_after_a_while(
    slack: LocalSlack, people: People, seconds: Seconds
):
    for _ in range(3):
        people.person(TEAM, "U0MAX")
        people.group_members(TEAM, "S0OPS")
    assert [call.method for call in slack.calls] == ["users.info", "usergroups.users.list"]
    slack.add_group("S0OPS", "U0ADA")
    assert people.group_members(TEAM, "S0OPS") == {"U0MAX"}
    seconds.now += GROUP_KEPT
    assert people.group_members(TEAM, "S0OPS") == {"U0ADA"}
    seconds.now += PERSON_KEPT - GROUP_KEPT
    people.person(TEAM, "U0MAX")
    assert [call.method for call in slack.calls].count("users.info") == 2


def test_a_group_that_is_gone_has_no_members(people: People):
    assert people.group_members(TEAM, "S0GONE") == frozenset()


@pytest.mark.parametrize("error", ["internal_error", "cut_before", "missing_scope", "org_trouble"])
def test_what_slack_does_not_say_is_not_guessed_and_asked_again_later(
    slack: LocalSlack, people: People, seconds: Seconds, error: str
):
    slack.fail("users.info", error)
    for _ in range(3):
        with pytest.raises(SlackUnavailable) as raised:
            people.person(TEAM, "U0MAX")
    assert len(slack.calls) == 1
    seconds.now += raised.value.retry_after
    assert people.person(TEAM, "U0MAX") == Person()


def test_the_workspaces_address_is_asked_for_once_a_day(
    slack: LocalSlack, people: People, seconds: Seconds
):
    with pytest.raises(NotAtHand):
        people.at_hand.address(TEAM)
    assert people.address(TEAM) == people.address(TEAM) == "https://sandbox.slack.com/"
    assert people.at_hand.address(TEAM) == "https://sandbox.slack.com/"
    assert [call.method for call in slack.calls] == ["auth.test"]
    seconds.now += ADDRESS_KEPT
    people.address(TEAM)
    assert len(slack.calls) == 2


def test_a_silent_slack_tells_no_address(slack: LocalSlack, people: People):
    slack.fail("auth.test", "internal_error")
    with pytest.raises(SlackUnavailable):
        people.address(TEAM)
