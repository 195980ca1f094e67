"""A form that can't be saved after the acknowledgement is shown again, with what was entered."""

import json
from dataclasses import replace
from typing import Any

import pytest
from stage import Stage

from phantombot.errors import StoreUnavailable
from phantombot.listeners.alias_form import answer_alias_form
from phantombot.listeners.notify_form import answer_notify_form
from phantombot.listeners.watch_form import answer_watch_form
from phantombot.messages import alias_form, notify, watch_form

AGENT = {"type": "external_select", "selected_option": {"value": "785"}}
WATCHED = {
    watch_form.AGENT: AGENT,
    watch_form.WORDS: {"selected_options": [{"value": "success"}]},
    watch_form.CHANNEL: {"selected_conversation": "C7"},
}
ALIASED = {
    alias_form.WORD: {"value": "leads"},
    alias_form.AGENT: AGENT,
    alias_form.COMMAND: {"selected_option": {"value": "phantomjs"}},
    alias_form.ARGUMENT: {"value": '{"pages": 3}'},
    alias_form.CHANNEL: {"selected_conversation": "C7"},
}
NOTIFIED = {
    notify.RING_BY: {"selected_option": {"value": "direct"}},
    notify.ENDS: {"selected_option": {"value": notify.FAILURES}},
    notify.QUIET: {"selected_options": []},
}


class Broken:
    """A store that reads, and writes nothing."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        if name in ("set", "put"):
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
    values = {name: {name: held} for name, held in entered.items()}
    view = {"id": "V1", "state": {"values": values}}
    body = {"team": {"id": "T1"}, "user": {"id": "U1"}, "view": view}
    acknowledged = answer(replace(context, **stores), body)
    assert acknowledged["response_action"] == "update"
    (again,) = stage.slack.views
    said = json.dumps(again, ensure_ascii=False)
    assert "⚠️" in said
    assert "database isn't answering" in said
    assert [part for part in kept if part not in said] == []
