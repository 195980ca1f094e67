"""Read a user's role, name and time zone from `users.info`."""

from datetime import timedelta
from typing import Any

from phantombot.access.rules import Person

SLACKBOT = "USLACKBOT"
"""Slack's own bot, which Slack describes as a member."""
_WIDEST = 15 * 60 * 60
"""Maximum seconds that a time zone differs from UTC."""


def read_person(said: dict[str, Any], workspace: str, *, org_wide: bool) -> Person:
    """Return who the user is there; `org_wide` if an organisation's token asked.

    In an organisation a user can belong to several workspaces; elsewhere to one. Its token only
    shows whether they are an admin of their home workspace or of the organisation.
    """
    organisation = said.get("enterprise_user") or {}
    homes = {said.get("team_id"), organisation.get("enterprise_id")}
    stranger = bool(said.get("is_stranger")) or (
        workspace not in homes and workspace not in (organisation.get("teams") or [])
    )
    deactivated = bool(said.get("deleted"))
    bot = bool(said.get("is_bot")) or said.get("id") == SLACKBOT
    at_home = not org_wide or said.get("team_id") == workspace
    admin = (at_home and _rules(said)) or (org_wide and _rules(organisation))
    return Person(
        admin=admin and not (stranger or deactivated or bot),
        guest=bool(said.get("is_restricted") or said.get("is_ultra_restricted")),
        stranger=stranger,
        deactivated=deactivated,
        bot=bot,
        name=_name(said),
        handle=handle if type(handle := said.get("name")) is str else "",
        utc_offset=_utc_offset(said),
    )


def _utc_offset(said: dict[str, Any]) -> timedelta | None:
    seconds = said.get("tz_offset")
    if type(seconds) is not int or abs(seconds) > _WIDEST:
        return None
    return timedelta(seconds=seconds)


def _name(said: dict[str, Any]) -> str:
    """Return the name that Slack shows for the user in messages."""
    profile = said.get("profile")
    told = profile if isinstance(profile, dict) else {}
    names = (told.get("display_name"), told.get("real_name"), said.get("real_name"))
    return next((name for name in (*names, said.get("name")) if name and type(name) is str), "")


def _rules(said: dict[str, Any]) -> bool:
    return bool(said.get("is_admin") or said.get("is_owner"))
