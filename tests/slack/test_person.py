"""What `users.info` says of somebody, asked with either kind of token."""

from typing import Any

import pytest

from phantombot.access.rules import Person
from phantombot.slack.person import read_person

BOTH = {"enterprise_id": "E1", "teams": ["T1", "T2"], "is_admin": False, "is_owner": False}
AT_T1 = {"team_id": "T1", "enterprise_user": BOTH}


def ruler(what: str = "is_admin", **said: Any) -> dict[str, Any]:
    return AT_T1 | {what: True} | said


def org_ruler(what: str) -> dict[str, Any]:
    return AT_T1 | {"enterprise_user": BOTH | {what: True}}


@pytest.mark.parametrize(
    ("said", "workspace", "person"),
    [
        (ruler(), "T1", Person(admin=True)),
        (ruler("is_owner"), "T1", Person(admin=True)),
        (ruler(), "T2", Person()),
        (ruler(), "T3", Person(stranger=True)),
        (org_ruler("is_admin"), "T2", Person(admin=True)),
        (org_ruler("is_owner"), "T1", Person(admin=True)),
        (org_ruler("is_owner"), "T3", Person(stranger=True)),
        (ruler(is_stranger=True), "T1", Person(stranger=True)),
        (AT_T1 | {"is_restricted": True}, "T2", Person(guest=True)),
        (AT_T1 | {"deleted": True}, "T1", Person(deactivated=True)),
        (ruler(deleted=True), "T1", Person(deactivated=True)),
        (AT_T1 | {"is_bot": True}, "T1", Person(bot=True)),
        (ruler(is_bot=True), "T1", Person(bot=True)),
        (AT_T1 | {"id": "USLACKBOT"}, "T1", Person(bot=True)),
        ({}, "T1", Person(stranger=True)),
    ],
)
def test_an_admin_of_one_workspace_of_an_organisation_rules_no_other(
    said: dict[str, Any], workspace: str, person: Person
):
    assert read_person(said, workspace, org_wide=True) == person


def test_a_workspaces_own_token_is_told_who_rules_that_workspace():
    assert read_person(ruler(), "T2", org_wide=False) == Person(admin=True)
    assert read_person(org_ruler("is_owner"), "T2", org_wide=False) == Person()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"name": "ada", "profile": {"display_name": "Ada", "real_name": "Ada L"}}, "Ada"),
        ({"name": "ada", "profile": {"display_name": "", "real_name": "Ada L"}}, "Ada L"),
        ({"name": "ada", "real_name": "Ada L"}, "Ada L"),
        ({"name": "ada", "profile": None}, "ada"),
        ({"name": 7, "profile": []}, ""),
    ],
)
def test_people_are_called_what_slack_shows_them_as(said: dict[str, Any], name: str):
    assert read_person(said, "T1", org_wide=False).name == name
