"""A form that can't be saved after the acknowledgement is shown again, with what was entered."""

import json
from dataclasses import replace
from typing import Any

import pytest
from stage import Stage

from phantombot.access.rules import DEFAULT
from phantombot.errors import SlackUnavailable, StoreUnavailable
from phantombot.listeners.access_form import answer_access_form
from phantombot.listeners.alias_form import answer_alias_form
from phantombot.listeners.notify_form import answer_notify_form
from phantombot.listeners.watch_form import answer_watch_form
from phantombot.messages import access, aliases, notify, watch_form

AGENT = {"type": "external_select", "selected_option": {"value": "785"}}
WATCHED = {
    watch_form.AGENT: AGENT,
    watch_form.WORDS: {"selected_options": [{"value": "success"}]},
    watch_form.CHANNEL: {"selected_conversation": "C7"},
}
ALIASED = {
    aliases.WORD: {"value": "leads"},
    aliases.AGENT: AGENT,
    aliases.COMMAND: {"selected_option": {"value": "phantomjs"}},
    aliases.ARGUMENT: {"value": '{"pages": 3}'},
    aliases.CHANNEL: {"selected_conversation": "C7"},
}
NOTIFIED = {
    notify.RING_BY: {"selected_option": {"value": "direct"}},
    notify.ENDS: {"selected_option": {"value": notify.FAILURES}},
    notify.QUIET: {"selected_options": []},
}


ACCESS = {
    access.WHO: {"selected_option": {"value": "named"}},
    access.PEOPLE: {"selected_users": ["U5"]},
    access.PLACES: {"selected_conversations": ["C7"]},
    access.AGENTS: {"value": "LinkedIn Search"},
    access.GUESTS: {"selected_options": []},
}


def submitted(entered: dict[str, Any], user: str = "U1", metadata: str = "") -> dict[str, Any]:
    values = {name: {name: held} for name, held in entered.items()}
    view = {"id": "V1", "state": {"values": values}, "private_metadata": metadata}
    return {"team": {"id": "T1"}, "user": {"id": user}, "view": view}


class Broken:
    """A store that reads, and writes nothing."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        if name in ("set", "put", "change"):
            return self._write
        return getattr(self._store, name)

    def _write(self, *_given: Any) -> None:
        raise StoreUnavailable("the disk is full")


@pytest.mark.parametrize(
    ("answer", "entered", "kept"),
    [
        (answer_watch_form, WATCHED, ("785", "success", "C7")),
        (answer_alias_form, ALIASED, ("leads", "785", "phantomjs", '\\"pages\\": 3', "C7")),
        (answer_notify_form, NOTIFIED, ("direct", notify.FAILURES)),
    ],
    ids=["watch", "alias", "notify"],
)
def test_what_cannot_be_stored_is_shown_again(
    stage: Stage, answer: Any, entered: dict[str, Any], kept: tuple[str, ...]
):
    stage.poll()
    context = stage.context
    stores = {name: Broken(getattr(context, name)) for name in ("watches", "aliases", "rings")}
    acknowledged = answer(replace(context, **stores), submitted(entered))
    assert acknowledged["response_action"] == "update"
    (again,) = stage.slack.views
    said = json.dumps(again, ensure_ascii=False)
    assert "⚠️" in said
    assert "database isn't answering" in said
    assert [part for part in kept if part not in said] == []


def test_rules_that_cannot_be_stored_are_shown_again_with_ids(stage: Stage):
    stage.poll()
    context = replace(stage.context, access=Broken(stage.access))
    answer_access_form(context, submitted(ACCESS, "U0ADA", "0"))
    said = json.dumps(stage.slack.views, ensure_ascii=False)
    assert access.ACCESS_NOT_STORED in said
    assert [part for part in ("U5", "C7", "LinkedIn Search (785)") if part not in said] == []


def test_people_whom_slack_does_not_describe_now_are_not_let_in_on_a_guess(stage: Stage):
    stage.poll()
    stage.people.faults = [SlackUnavailable("timeout")]
    answer_access_form(stage.context, submitted(ACCESS, "U0ADA", "0"))
    said = json.dumps(stage.slack.views, ensure_ascii=False)
    assert access.PEOPLE_NOT_KNOWN in said
    assert "U5" in said
    assert stage.access.rules("T1") == DEFAULT


def test_where_the_rules_cannot_be_read_the_form_stays_as_it_is(stage: Stage):
    class Unreadable:
        def read(self, _workspace: str) -> None:
            raise StoreUnavailable("the disk is gone")

    context = replace(stage.context, access=Unreadable())
    answered = answer_access_form(context, submitted(ACCESS, "U0ADA", "0"))
    assert answered["errors"] == {access.AGENTS: access.ACCESS_NOT_STORED}
