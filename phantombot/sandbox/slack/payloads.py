"""The forms and payloads that Slack sends to a bot when people act."""

from phantombot.sandbox.slack.blocks import find_action
from phantombot.sandbox.slack.entries import Typed, action_of, holds, sends
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import APP, DOMAIN, Block, Message, View
from phantombot.sandbox.slack.wire import wire_message

LEGACY_TOKEN = "legacy-verification-token"  # noqa: S105 - Slack still sends one; nobody checks it


def command_form(workspace: Workspace, user: str, channel: str, team: str) -> dict[str, str]:
    """Return the fields of a slash command that are the same for every command."""
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


def message_pressed(  # noqa: PLR0913, PLR0917 - all that the payload says
    workspace: Workspace,
    message: Message,
    action_id: str,
    user: str,
    value: str | None,
    block_id: str | None = None,
) -> Block:
    """Return `block_actions` of a message; an ephemeral message's content is not sent.

    Raises:
        LookupError: the message has no such action.
    """
    block, element = find_action(message.blocks, action_id, block_id)
    state = workspace.entries.fill(message.ts, message.blocks, _entered(block, element, value))
    return {
        **_interaction(workspace, "block_actions", user, *_place(workspace, message)),
        **_where(workspace, message),
        "actions": [_stamped(workspace, action_of(block, element, value, state))],
        "state": {"values": state},
    }


def view_pressed(  # noqa: PLR0913, PLR0917 - all that the payload says
    workspace: Workspace,
    view: View,
    action_id: str,
    user: str,
    value: str | None,
    block_id: str | None = None,
) -> Block:
    """Return `block_actions` of a modal or a Home tab, with all values entered so far.

    Raises:
        LookupError: the view has no such action.
    """
    block, element = find_action(workspace.views.pressable(view.id), action_id, block_id)
    filled = workspace.views.fill(view.id, _entered(block, element, value))
    action = action_of(block, element, value, filled.view["state"]["values"])
    return {
        **_interaction(workspace, "block_actions", user, view.view["team_id"]),
        **_in_view(filled),
        "actions": [_stamped(workspace, action)],
    }


def suggestion_asked(  # noqa: PLR0913, PLR0917 - all that the payload says
    workspace: Workspace,
    place: Message | View,
    action_id: str,
    user: str,
    typed: str,
    block_id: str | None = None,
) -> Block:
    """Return `block_suggestion`, which asks for a menu's options. It opens no modal.

    Raises:
        LookupError: there is no such menu, or its options do not come from the app.
    """
    blocks = place.view["blocks"] if isinstance(place, View) else place.blocks
    block, element = find_action(blocks, action_id, block_id)
    if element["type"] not in ("external_select", "multi_external_select"):
        raise LookupError(f"the options of {action_id!r} do not come from the app")
    if isinstance(place, View):
        where, team = _in_view(place), place.view["team_id"]
    else:
        where, team = _where(workspace, place), workspace.team_of(place.channel)
    common = _common(workspace, "block_suggestion", user, team)
    names = {"block_id": block["block_id"], "action_id": action_id}
    return {**common, **where, **names, "value": typed}


def shortcut_used(workspace: Workspace, callback_id: str, user: str, conversation: str) -> Block:
    """Return `shortcut`, of the whole workspace; it names no channel."""
    team = workspace.team_of(conversation)
    payload = _interaction(workspace, "shortcut", user, team, conversation)
    return _stamped(workspace, {**payload, "callback_id": callback_id})


def message_shortcut_used(
    workspace: Workspace, callback_id: str, user: str, message: Message
) -> Block:
    """Return `message_action`, of a message that everybody sees."""
    payload = {
        **_interaction(workspace, "message_action", user, *_place(workspace, message)),
        **_where(workspace, message),
        "callback_id": callback_id,
        "message_ts": message.ts,
    }
    del payload["container"]
    return _stamped(workspace, payload)


def view_submitted(
    workspace: Workspace, view: View, user: str, response_urls: list[Block]
) -> Block:
    """Return `view_submission`, with the entered values in the view's state."""
    common = _interaction(workspace, "view_submission", user, view.view["team_id"])
    return {**common, "view": view.view, "response_urls": response_urls}


def view_closed(workspace: Workspace, view: View, user: str) -> Block:
    """Return `view_closed`, which Slack sends if the view asks for it."""
    common = _interaction(workspace, "view_closed", user, view.view["team_id"])
    return {**common, "view": view.view, "is_cleared": False}


def _organisation(workspace: Workspace, team: str) -> dict[str, str]:
    enterprise = workspace.enterprises.get(team)
    return {"enterprise_id": enterprise, "enterprise_name": enterprise} if enterprise else {}


def _domain(workspace: Workspace, team: str) -> str:
    return DOMAIN if team == workspace.team else team.lower()


def _place(workspace: Workspace, message: Message) -> tuple[str, str]:
    return workspace.team_of(message.channel), message.channel


def _common(workspace: Workspace, kind: str, user: str, team: str) -> Block:
    """Return the common fields. An organisation's app gets no team, and always the
    user's home team.
    """
    person, enterprise = workspace.person(user), workspace.enterprises.get(team)
    name, org_wide = person.name, workspace.is_org_wide(team)
    home = person.team or (workspace.home_in(enterprise) if org_wide and enterprise else team)
    return {
        "type": kind,
        "team": None if org_wide else {"id": team, "domain": _domain(workspace, team)},
        "user": {"id": user, "username": name, "name": name, "team_id": home},
        "api_app_id": APP,
        "token": LEGACY_TOKEN,
        "enterprise": {"id": enterprise, "name": enterprise} if enterprise else None,
        "is_enterprise_install": org_wide,
    }


def _interaction(
    workspace: Workspace, kind: str, user: str, team: str, conversation: str | None = None
) -> Block:
    trigger = workspace.tickets.trigger(user, team, conversation)
    return {**_common(workspace, kind, user, team), "trigger_id": trigger}


def _where(workspace: Workspace, message: Message) -> Block:
    """Return the message that it is about; an ephemeral message's content isn't sent."""
    channel = workspace.channel(message.channel)
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.user is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    place = {"id": channel.id, "name": channel.command_name}
    said = {} if message.user else {"message": wire_message(message, workspace.team_of(channel.id))}
    return {"container": container, "channel": place, **said}


def _in_view(view: View) -> Block:
    return {"container": {"type": "view", "view_id": view.id}, "view": view.view}


def _entered(block: Block, element: Block, value: str | None) -> Typed:
    """Return the value that an action enters.

    Raises:
        LookupError: Slack doesn't send it before the form is submitted.
    """
    if not sends(block):
        raise LookupError(
            f"nothing is told of {element['action_id']!r} until the form is submitted"
        )
    names = block["block_id"], element["action_id"]
    return {names: value} if value is not None and holds(element) else {}


def _stamped(workspace: Workspace, payload: Block) -> Block:
    return {**payload, "action_ts": f"{workspace.clock():.6f}"}
