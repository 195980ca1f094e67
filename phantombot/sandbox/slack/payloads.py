"""What Slack sends to a bot: the forms and payloads of commands, buttons and modals."""

import secrets

from phantombot.sandbox.slack.blocks import action_of, find_action
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import APP, DOMAIN, Block, Message, View
from phantombot.sandbox.slack.wire import wire_message

LEGACY_TOKEN = "legacy-verification-token"  # noqa: S105 - Slack still sends one; nobody checks it


def command_form(workspace: Workspace, user: str, channel: str, team: str) -> dict[str, str]:
    """The fields of a slash command that do not change from one to the next."""
    return {
        "token": LEGACY_TOKEN,
        "team_id": team,
        "team_domain": _domain(workspace, team),
        "channel_id": channel,
        "channel_name": workspace.channel(channel).command_name,
        "user_id": user,
        "user_name": workspace.person(user).name,
        "api_app_id": APP,
        "is_enterprise_install": str(workspace.is_org_wide(team)).lower(),
        **_organisation(workspace, team),
    }


def event_callback(workspace: Workspace, event: Block, holder: str) -> Block:
    """An event in a team, or in an organisation, which has no team then."""
    org_wide = holder in workspace.enterprises.values()
    enterprise = holder if org_wide else workspace.enterprises.get(holder)
    return {
        "token": LEGACY_TOKEN,
        "team_id": None if org_wide else holder,
        "enterprise_id": enterprise,
        "api_app_id": APP,
        "event": {**event, "event_ts": f"{workspace.clock():.6f}"},
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(workspace.clock()),
        "is_enterprise_install": org_wide,
    }


def message_pressed(
    workspace: Workspace, message: Message, action_id: str, user: str, value: str | None
) -> Block:
    """`block_actions` of a message. Of an ephemeral one Slack tells where it is, not what it says.

    Raises:
        LookupError: the message has no such action.
    """
    block, element = find_action(message.blocks, action_id)
    channel, team = workspace.channel(message.channel), workspace.team_of(message.channel)
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.user is not None,
    }
    payload = {
        **_interaction(workspace, "block_actions", user, team),
        "container": container,
        "channel": {"id": channel.id, "name": channel.command_name},
        "actions": [_stamped(workspace, action_of(block, element, value))],
        "state": {"values": {}},
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    return payload if message.user else payload | {"message": wire_message(message, team)}


def view_pressed(
    workspace: Workspace, view: View, action_id: str, user: str, value: str | None
) -> Block:
    """`block_actions` of a modal.

    Raises:
        LookupError: the modal has no such action.
    """
    block, element = find_action(view.view["blocks"], action_id)
    return {
        **_interaction(workspace, "block_actions", user, view.view["team_id"]),
        "container": {"type": "view", "view_id": view.id},
        "view": view.view,
        "actions": [_stamped(workspace, action_of(block, element, value))],
    }


def view_submitted(workspace: Workspace, view: View, user: str) -> Block:
    """`view_submission`, with what is entered in the view's state."""
    common = _interaction(workspace, "view_submission", user, view.view["team_id"])
    return {**common, "view": view.view, "response_urls": []}


def view_closed(workspace: Workspace, view: View, user: str) -> Block:
    """`view_closed`, which Slack sends where the view asked for it."""
    common = _interaction(workspace, "view_closed", user, view.view["team_id"])
    return {**common, "view": view.view, "is_cleared": False}


def _organisation(workspace: Workspace, team: str) -> dict[str, str]:
    enterprise = workspace.enterprises.get(team)
    return {"enterprise_id": enterprise, "enterprise_name": enterprise} if enterprise else {}


def _domain(workspace: Workspace, team: str) -> str:
    return DOMAIN if team == workspace.team else team.lower()


def _interaction(workspace: Workspace, kind: str, user: str, team: str) -> Block:
    name, enterprise = workspace.person(user).name, workspace.enterprises.get(team)
    return {
        "type": kind,
        "team": {"id": team, "domain": _domain(workspace, team)},
        "user": {"id": user, "username": name, "name": name, "team_id": team},
        "api_app_id": APP,
        "token": LEGACY_TOKEN,
        "enterprise": {"id": enterprise, "name": enterprise} if enterprise else None,
        "is_enterprise_install": workspace.is_org_wide(team),
        "trigger_id": workspace.tickets.trigger(user, team),
    }


def _stamped(workspace: Workspace, action: Block) -> Block:
    return {**action, "action_ts": f"{workspace.clock():.6f}"}
