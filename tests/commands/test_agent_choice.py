"""An agent's name that may mean several is answered with a button for each."""

from dataclasses import replace
from typing import Any

import pytest
from stage import Stage, asker

from phantombot.commands import ACTIONS
from phantombot.commands.alias import Alias
from phantombot.commands.parse import parse
from phantombot.commands.spec import perform
from phantombot.messages.blocks import Message
from phantombot.messages.refusals import is_agent_choice
from phantombot.slack.payload import Invocation

BOTH_APIS = True


def answer(stage: Stage, asked: Any) -> Message:
    said = perform(stage.context, Invocation(asker(), "1"), ACTIONS[type(asked)], asked)
    assert said is not None
    return said


def buttons(message: Message) -> list[dict[str, Any]]:
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return [button for row in rows for button in row["elements"]]


def meaning(asked: Any, agent_id: str) -> Any:
    """Return the same with that agent instead of the name that was typed."""
    if isinstance(asked, Alias):
        return replace(asked, launch=replace(asked.launch, agent=agent_id, quoted=False))
    return replace(asked, agent=agent_id, quoted=False)


@pytest.mark.parametrize(
    "line",
    [
        "stop LinkedIn S",
        "status LinkedIn S",
        "output LinkedIn S",
        "watch LinkedIn S",
        "watch LinkedIn S success empty",
        "unwatch LinkedIn S",
        "mute LinkedIn S 2h",
        "mute LinkedIn S until 9:05",
        "mute LinkedIn S off",
        "alias leads LinkedIn S",
        "alias leads LinkedIn S phantomjs",
        "stop LinkedIn Serach",
        'stop "LinkedIn S"',
    ],
)
def test_each_button_does_what_was_typed_with_its_agent(stage: Stage, line: str):
    stage.phantombuster.add("786", "LinkedIn Scraper")
    stage.watch(agent_id="785", name="LinkedIn Search")
    stage.watch(agent_id="786", name="LinkedIn Scraper")
    asked = parse(line)
    said = answer(stage, asked)
    found = buttons(said)
    assert len(found) > 1 or "Serach" in line
    for button in found:
        assert is_agent_choice(button["action_id"])
        agent_id = button["text"]["text"].rpartition("(")[2].rstrip(")")
        assert parse(button["value"]) == meaning(asked, agent_id)


def test_an_argument_stands_in_no_button(stage: Stage):
    stage.phantombuster.add("786", "LinkedIn Scraper")
    said = answer(stage, parse('alias leads LinkedIn S {"cookie": "canary"}'))
    assert "Which one do you mean?" in said.text
    assert "canary" not in str(said)
    (draft,) = stage.runs.open("T1")
    assert [button["value"] for button in buttons(said)] == [
        f"{draft.uid} {agent_id}" for agent_id in ("785", "786")
    ]


def test_a_draft_of_an_alias_launches_nothing_and_is_forgotten(stage: Stage):
    stage.phantombuster.add("786", "LinkedIn Scraper")
    answer(stage, parse('alias leads LinkedIn S {"cookie": "canary"}'))
    stage.process_workspace(2)
    stage.process_workspace(700)
    stage.process_workspace(2)
    assert stage.runs.open("T1") == []
    assert stage.phantombuster.launches == []
    assert stage.slack.texts() == stage.slack.whispers == []


def test_what_nobody_can_mean_has_no_buttons(stage: Stage):
    assert buttons(answer(stage, parse("stop xyzzy"))) == []
