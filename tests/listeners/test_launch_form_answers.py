"""What the launch form is answered when its world is not as it should be."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import pytest
from fakes import KEY
from stage import Stage

from phantombot.errors import StoreUnavailable
from phantombot.listeners.launch_form import answer_launch_form, suggest_agents
from phantombot.messages import launch_form as said
from phantombot.runs.model import Run

CHOSEN = {"text": {"type": "plain_text", "text": "LinkedIn Search (785)"}, "value": "785"}
NONE = {"text": {"type": "plain_text", "text": "None"}, "value": said.SAVED_OPTIONS}
FILLED = {
    said.AGENT: {said.AGENT: {"type": "external_select", "selected_option": CHOSEN}},
    said.COMMAND: {said.COMMAND: {"type": "static_select", "selected_option": NONE}},
    said.ARGUMENT: {said.ARGUMENT: {"type": "plain_text_input", "value": None}},
    said.SAVE: {said.SAVE: {"type": "checkboxes", "selected_options": []}},
    said.CHANNEL: {said.CHANNEL: {"selected_conversation": "C1"}},
}


def submitted(values: dict[str, Any], view_id: str = "V1") -> dict[str, Any]:
    view = {"id": view_id, "callback_id": said.LAUNCH_FORM, "state": {"values": values}}
    return {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "view": view}


def typing(callback_id: str = said.LAUNCH_FORM, home: str = "T1") -> dict[str, Any]:
    user = {"id": "U1", "team_id": home}
    view = {"callback_id": callback_id}
    return {"team": {"id": "T1"}, "user": user, "value": "linked", "view": view}


def test_a_filled_form_is_one_intent_however_often_it_is_sent(stage: Stage):
    for _ in range(3):
        assert answer_launch_form(stage.context, submitted(FILLED)) == {}
    (run,) = stage.runs.open("T1")
    assert (run.agent, run.channel, run.user, run.command) == ("785", "C1", "U1", None)
    assert stage.runs.response_url(run) is None
    assert stage.launches == [("T1", run.id)]


def test_an_agent_renamed_since_it_was_chosen_is_launched_and_told_by_its_new_name(stage: Stage):
    answer_launch_form(stage.context, submitted(FILLED))
    stage.phantombuster.agents["785"].name = "Renamed"
    stage.process_workspace()
    stage.process_workspace(4)
    assert stage.last.startswith("▶️ Renamed (785)")


def test_an_agent_deleted_after_it_was_sent_is_told_to_the_launcher(stage: Stage):
    answer_launch_form(stage.context, submitted(FILLED))
    del stage.phantombuster.agents["785"]
    stage.tend_until_told()
    # Its message was posted beside the launch, so that it says there what became of it.
    assert "Nothing was launched: no agent has the id 785" in stage.last


def test_the_same_form_of_another_workspace_is_another_launch(stage: Stage):
    stage.keys.store_key("T2", KEY, by="U0ADA", at=stage.clock())
    answer_launch_form(stage.context, submitted(FILLED))
    answer_launch_form(stage.context, submitted(FILLED) | {"team": {"id": "T2"}})
    assert len(stage.runs.open("T1")) == len(stage.runs.open("T2")) == 1


@pytest.mark.parametrize(
    "values", [{}, dict.fromkeys(FILLED), {name: {} for name in FILLED}], ids=["none", "null", "{}"]
)
def test_inputs_that_are_missing_are_told_at_their_places(stage: Stage, values: dict):
    answer = answer_launch_form(stage.context, submitted(values))
    assert answer["response_action"] == "errors"
    missing = {said.AGENT, said.CHANNEL} | ({said.COMMAND} if values else set())
    assert set(answer["errors"]) == missing
    assert stage.runs.open("T1") == []


def test_without_the_database_the_form_stays_as_it_is_filled(stage: Stage):
    class Away:
        def reading_together(self) -> AbstractContextManager[None]:
            return nullcontext()

        def recalling(self, *_: object, **__: object) -> AbstractContextManager[None]:
            return nullcontext()

        def earlier(self, *_: object) -> list[Run]:
            raise StoreUnavailable("away")

    context = replace(stage.context, runs=Away())
    answer = answer_launch_form(context, submitted(FILLED))
    assert answer == {"response_action": "errors", "errors": {said.AGENT: said.NOT_LAUNCHED_YET}}


def test_the_menu_offers_nothing_to_strangers_and_in_no_other_form(stage: Stage):
    stage.agents.known("T1")
    offered = suggest_agents(stage.context, typing())
    assert [option["value"] for option in offered] == ["785"]
    assert suggest_agents(stage.context, typing(home="T9")) == []
    assert suggest_agents(stage.context, typing(callback_id="other")) == []


def test_the_menu_says_that_the_agents_are_being_read(stage: Stage):
    stage.agents._in_background = lambda _workspace, _work: None
    (option,) = suggest_agents(stage.context, typing())
    assert option["value"] == said.NO_CHOICE


def test_the_menu_says_that_nothing_fits_and_reads_the_list_anew(stage: Stage):
    stage.agents.known("T1")
    stage.phantombuster.add("908", "Hello World")
    stage.clock.forward(6)
    body = typing() | {"value": "hello"}
    assert suggest_agents(stage.context, body)[0]["value"] == said.NO_CHOICE
    assert suggest_agents(stage.context, body)[0]["value"] == "908"


def test_the_menu_offers_a_hundred_at_most(stage: Stage):
    for number in range(2000):
        stage.phantombuster.add(str(1000 + number), f"Agent {number}")
    stage.agents.known("T1")
    assert len(suggest_agents(stage.context, typing() | {"value": None})) == 100


def test_without_the_rules_the_menu_still_answers(stage: Stage):
    class Away:
        def read(self, workspace: str) -> None:
            raise StoreUnavailable("away")

    stage.agents.known("T1")
    context = replace(stage.context, access=Away())
    assert suggest_agents(context, typing())[0]["value"] == "785"
