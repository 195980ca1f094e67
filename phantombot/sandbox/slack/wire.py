"""Messages, people and channels as Slack's JSON has them."""

from phantombot.sandbox.slack.values import APP, BOT, BOT_ID, Block, Channel, Group, Message, Person


def wire_message(message: Message, team: str) -> Block:
    """Return a message as Slack's JSON has it."""
    wire: Block = {
        "type": "message",
        "ts": message.ts,
        "text": message.text,
        "user": message.author,
        "team": team,
        "blocks": message.blocks,
    }
    if message.author == BOT:
        wire |= {"bot_id": BOT_ID, "app_id": APP}
    if message.metadata:
        wire["metadata"] = message.metadata
    if message.thread_ts:
        wire["thread_ts"] = message.thread_ts
    if message.broadcast:
        wire["subtype"] = "thread_broadcast"
    if message.files:
        wire["files"] = [
            {"id": one.id, "name": one.name, "title": one.title} for one in message.files
        ]
    if message.edits:
        wire["edited"] = {"user": message.author, "ts": message.ts}
    return wire


def wire_user(person: Person, team: str, organisation: tuple[str, ...] = ()) -> Block:
    """Return a person as `users.info` has them; `organisation` are the teams they belong to."""
    admin = person.role == "admin"
    wire: Block = {
        "id": person.id,
        "team_id": person.team or team,
        "name": person.name,
        "deleted": person.role == "deactivated",
        "real_name": person.name.title(),
        "tz": "Europe/Paris",
        "tz_offset": 3600,
        "profile": {"display_name": person.name, "real_name": person.name.title()},
        "is_admin": admin,
        "is_owner": admin,
        "is_primary_owner": admin,
        "is_restricted": person.role in ("guest", "single"),
        "is_ultra_restricted": person.role == "single",
        "is_bot": person.role == "bot",
    }
    if organisation and not person.team:
        wire["enterprise_user"] = {
            "id": person.id,
            "enterprise_id": "E0SANDBOX",
            "is_admin": admin,
            "is_owner": admin,
            "teams": [team, *organisation],
        }
    return wire


def wire_group(group: Group, team: str) -> Block:
    """Return a user group as `usergroups.list` has it."""
    return {
        "id": group.id,
        "team_id": team,
        "is_usergroup": True,
        "name": group.handle.title(),
        "handle": group.handle,
        "date_delete": 0,
        "user_count": len(group.members),
    }


def wire_channel(channel: Channel) -> Block:
    """Return a channel as `conversations.info` has it."""
    if channel.person:
        return {"id": channel.id, "is_im": True, "user": channel.person, "is_archived": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_im": False,
        "is_channel": True,
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_member": channel.has_bot,
        "num_members": len(channel.members),
    }
