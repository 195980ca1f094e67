"""Several workspaces and an organisation on one deployment: nothing crosses."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from fakes import key_value
from patience import PATIENCE, becomes

from phantombot.processes import utc_now
from phantombot.sandbox.slack import LocalSlack

from .conftest import Wire, for_many
from .installing import Browser
from .pressing import told as told_in_private

LINES = 16
ALONE = ("T0001", "T0002")
OF_ORG = ("T0007", "T0008")
TEAMS = (*ALONE, *OF_ORG)
SERVED_BY = {"T0001": "T0001", "T0002": "T0002", "T0007": "E0ORG", "T0008": "E0ORG"}


def key_of(team: str) -> str:
    return f"key-of-{team}-canary"


def channel_of(team: str) -> str:
    return f"C{team[1:]}X1"


@pytest.fixture
def shared(many: Wire) -> Wire:
    """Return two workspaces and an organisation of two, each team with a key, the agents alike."""
    for team in ALONE:
        many.slack.add_team(team)
        assert Browser(many).install(team)[0] == 200
    for team in OF_ORG:
        many.slack.add_team(team, enterprise="E0ORG")
    assert Browser(many).install(OF_ORG[0], org_wide=True)[0] == 200
    for team in TEAMS:
        many.process.context.keys.store_key(team, key_of(team), by="U0ADA", at=utc_now())
    return many


ALIASED = {"T0001": "785", "T0002": "786", "T0007": "901", "T0008": "908"}
"""What `leads` stands for in each team's channel."""


def give_alias(wire: Wire, team: str) -> bool:
    line = f'alias leads {ALIASED[team]} phantomjs {{"of": "{team}"}}'
    assert wire.slack.command(line, channel=channel_of(team), team=team).status == 200
    return wire.slack.wait_for(
        lambda slack: any(
            f"({ALIASED[team]})" in message.text and message.channel == channel_of(team)
            for message in slack.ephemerals()
        ),
        20,
    )


def launch(wire: Wire, number: int) -> str:
    team = TEAMS[number % len(TEAMS)]
    agent = ("leads", "785 casperjs")[number // len(TEAMS) % 2]
    line = f'launch {agent} {{"n": {number}, "of": "{team}"}}'
    delivery = wire.slack.command(line, channel=channel_of(team), team=team)
    assert delivery.status == 200
    return str(delivery.body["text"])


def test_four_workspaces_at_full_speed_keep_keys_aliases_runs_and_messages_apart(shared: Wire):
    for team in TEAMS:
        shared.phantombuster.add_account(team, key_of(team))
    with ThreadPoolExecutor(8) as people:
        assert all(people.map(lambda team: give_alias(shared, team), TEAMS))
        said = list(people.map(lambda number: launch(shared, number), range(LINES)))
    assert all("aunching" in one for one in said)
    assert shared.slack.wait_for(lambda slack: told(slack) == [LINES // 4] * 4, PATIENCE)
    for sent in shared.phantombuster.launches:
        assert json.loads(sent.argument or "")["of"] == sent.account
        by_alias = sent.command == "phantomjs"
        assert sent.agent_id == (ALIASED[sent.account] if by_alias else "785")
    assert len(shared.phantombuster.launches) == LINES
    for call in shared.slack.calls:
        place = re.fullmatch(r"C(\d+)X1", str(call.fields.get("channel")))
        if place:
            assert call.holder == SERVED_BY[f"T{place[1]}"]


def told(slack: LocalSlack) -> list[int]:
    """Return how many runs each team's channel has seen to their end; doubles are asked about."""
    return [
        sum("finished" in message.text for message in slack.messages(channel_of(team)))
        for team in TEAMS
    ]


def test_a_mention_is_answered_in_its_own_workspace_and_in_no_other(shared: Wire):
    for team in TEAMS:
        shared.phantombuster.add_account(team, key_of(team))
    for team in TEAMS:
        shared.slack.write("@phantombot launch hello", channel=channel_of(team))
    assert shared.slack.wait_for(
        lambda slack: all(
            any(
                "✅ *Hello World*" in one.text
                for one in slack.messages(channel_of(team), replies=True)
            )
            for team in TEAMS
        ),
        20,
    )
    assert sorted(sent.account for sent in shared.phantombuster.launches) == sorted(TEAMS)


def test_a_button_of_one_workspace_does_nothing_in_another(shared: Wire):
    shared.phantombuster.add_account("T0001", key_of("T0001"))
    launch(shared, len(TEAMS))
    assert shared.says("finished", channel=channel_of("T0001"))
    message = shared.slack.messages(channel_of("T0001"))[0]
    (elsewhere,) = shared.slack.add_team("T0002")
    shared.slack.press(replace(message, channel=elsewhere), "run_again")
    assert shared.whispers("no longer know that run")
    assert len(shared.phantombuster.launches) == 1


@pytest.mark.parametrize(
    ("user", "answer"),
    [("U0MAX", "The last lines"), ("U0SIA", "Only members of this workspace")],
)
def test_a_button_of_an_organisations_app_is_its_workspaces_though_no_team_is_named(
    shared: Wire, user: str, answer: str
):
    shared.slack.add_person("U0SIA", "admin", team="T0ELSEWHERE")
    shared.phantombuster.add_account("T0008", key_of("T0008"))
    launch(shared, 7)
    assert shared.says("finished", channel=channel_of("T0008"))
    shared.slack.press(shared.slack.messages(channel_of("T0008"))[0], "show_output", user=user)
    assert told_in_private(shared, answer, user=user)


def test_a_form_of_an_organisations_app_stores_the_key_of_the_workspace_it_was_opened_in(
    shared: Wire,
):
    shared.phantombuster.add_account("T0008", "another-key-canary")
    shared.slack.command("key", channel=channel_of("T0008"), team="T0008")
    assert shared.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    shared.slack.submit(shared.slack.views()[0], {"key_input": "another-key-canary"})
    assert shared.slack.wait_for(
        lambda slack: any(call.method == "views.update" for call in slack.calls), PATIENCE
    )
    keys = [key_value(shared.process.context.keys, team) for team in OF_ORG]
    assert keys == [key_of("T0007"), "another-key-canary"]


def test_an_organisation_that_goes_takes_its_teams_along_and_no_other(shared: Wire):
    for team in TEAMS:
        assert "not installed" not in answer(shared, team)
    shared.slack.uninstall("E0ORG")
    for team in OF_ORG:
        assert "not installed" in answer(shared, team)
        assert shared.process.context.keys.key(team) is None
    for team in ALONE:
        assert "not installed" not in answer(shared, team)
        assert key_value(shared.process.context.keys, team) == key_of(team)


def test_a_team_that_its_organisation_withdraws_goes_alone(shared: Wire):
    for team in TEAMS:
        assert "not installed" not in answer(shared, team)
    told = shared.slack.event("team_access_revoked", "E0ORG", team_ids=["T0008", "T0001"])
    assert told.status == 200
    keys = [key_value(shared.process.context.keys, team) for team in TEAMS]
    assert keys == [*map(key_of, TEAMS[:3]), None]
    assert [shared.process._resources.installations.serving(team) is None for team in TEAMS] == [
        *(False, False, False, True)
    ]


def answer(wire: Wire, team: str) -> str:
    return str(wire.slack.command("lanch", channel=channel_of(team), team=team).body["text"])


def test_another_process_sees_who_has_come_and_gone(
    make_wire: Callable[..., Wire], postgres_url: str
):
    wire = for_many(make_wire(postgres_url))
    first = wire.start()
    wire.slack.add_team("T0001")
    second = wire.start()
    Browser(wire).install("T0001")
    at_first = f"http://127.0.0.1:{first.port}/slack/events"
    at_second, wire.slack.bot_url = str(wire.slack.bot_url), at_first
    assert "not installed" not in answer(wire, "T0001")
    wire.slack.bot_url = at_second
    wire.slack.uninstall("T0001")
    wire.slack.bot_url = at_first
    # Only an answer shows that the other process has looked.
    assert becomes(lambda: "not installed" in answer(wire, "T0001"))
    assert second.context.keys.key("T0001") is None


def test_many_questions_about_a_slow_account_keep_no_other_workspaces_form_from_opening(
    shared: Wire,
):
    for team in ALONE:
        shared.phantombuster.add_account(team, key_of(team))
    shared.phantombuster.fault("slow", times=None, seconds=3_600, account="T0001")
    ask = partial(shared.slack.command, "status", channel=channel_of("T0001"), team="T0001")
    with ThreadPoolExecutor(8) as people:
        asked = list(people.map(lambda _: ask(), range(40)))
    assert {delivery.status for delivery in asked} == {200}
    assert becomes(lambda: any(seen.account == "T0001" for seen in shared.phantombuster.requests))
    # A form that opens later than 3 s after the command, Slack refuses.
    shared.slack.command("key", channel=channel_of("T0002"), team="T0002")
    assert shared.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
