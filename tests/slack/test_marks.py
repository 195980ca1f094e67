"""Whose a button or a form is, where Slack does not say it."""

from typing import Any

import pytest

from phantombot.messages.blocks import actions, button, section
from phantombot.slack.marks import marked_blocks, marked_view, placed
from phantombot.slack.payload import is_stranger, workspace_of

ORG = {"team": None, "enterprise": {"id": "E1"}, "user": {"id": "U1", "team_id": "T1HOME"}}


def test_each_row_of_buttons_tells_its_workspace_and_no_two_are_alike():
    row = actions(button("Stop", "stop_run", "7"))
    marked = marked_blocks("T1", (section("x"), row, row))
    assert [block.get("block_id") for block in marked] == [None, "T1.1", "T1.2"]
    assert "block_id" not in row
    assert marked_blocks("T1", ({**row, "block_id": "own"},))[0]["block_id"] == "own"


def test_each_form_tells_its_workspace_and_no_two_are_alike():
    first, second = (marked_view("T1", {"type": "modal"})["external_id"] for _ in range(2))
    assert first != second
    assert first.startswith("T1.")
    assert second.startswith("T1.")


@pytest.mark.parametrize(
    ("marks", "team"),
    [
        ({"actions": [{"block_id": "T2.0"}]}, "T2"),
        ({"view": {"external_id": "T2.0123"}}, "T2"),
        ({"view": {"external_id": "T2.0123"}, "actions": [{"block_id": "key_input"}]}, "T2"),
        ({"actions": [{"block_id": "row"}]}, "T1HOME"),
        ({"actions": [{"block_id": "t2.0"}]}, "T1HOME"),
        ({"view": {"external_id": ""}}, "T1HOME"),
        ({}, "T1HOME"),
    ],
)
def test_in_an_organisation_the_mark_counts_and_without_one_the_users_home(
    marks: dict[str, Any], team: str
):
    assert workspace_of(placed(ORG | marks)) == team


def test_where_slack_names_the_team_no_mark_counts():
    body = ORG | {"team": {"id": "T3"}, "actions": [{"block_id": "T2.0"}]}
    assert placed(body) is body
    assert workspace_of(placed({**body, "user": {}, "team": None, "actions": []})) == "E1"


@pytest.mark.parametrize(
    ("body", "stranger"),
    [
        ({"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}}, False),
        ({"team": {"id": "T1"}, "user": {"id": "U1"}}, False),
        ({"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T9"}}, True),
        ({"team": {"id": "T1"}, "enterprise": None, "user": {"team_id": "T9"}}, True),
        ({**ORG, "team": {"id": "T1"}}, False),
    ],
)
def test_who_is_of_another_workspace_is_told_by_the_payload_but_not_in_an_organisation(
    body: dict[str, Any], stranger: bool
):
    assert is_stranger(body) is stranger
