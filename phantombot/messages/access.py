"""The form in which admins set who may do what."""

from collections.abc import Mapping, Sequence

from phantombot.access.rules import Person, Rules, Who
from phantombot.errors import AgentAmbiguous, Refused
from phantombot.messages.blocks import Block, Message, escape, place, section
from phantombot.messages.form import (
    LONGEST_TYPED,
    View,
    labelled,
    notice,
    opener,
    option,
    plain_text,
)
from phantombot.messages.listing import agent_named

ACCESS_FORM = "access_form"
OPEN_ACCESS = "open_access"
WHO, PEOPLE, GROUPS, PLACES, AGENTS, GUESTS = (
    f"access_{part}" for part in ("who", "people", "groups", "places", "agents", "guests")
)
"""The form's inputs; each name is both block id and action id."""

MOST = 100
"""The most people, groups, channels or agents in one list."""
LONGEST_AGENT = 150
"""The most characters in an agent's name or id."""
_PROBLEMS = 3
"""How many faulty lines of an input are explained."""
_SHOWN = 80
_TITLE = "Who can do what"
_NO_NAMES: Mapping[str, str] = {}

NOBODY_NAMED = "Name a person or a user group below."
TOO_MANY_AGENTS = f"At most {MOST} agents, each of at most {LONGEST_AGENT} characters."
NO_KEY_FOR_AGENTS = (
    "No Phantombuster key is stored yet, so I don't know the agents. Store it first, with /phantom"
    " key."
)
CHANNELS_ONLY = "Only channels can be chosen here."
ACCESS_ADMINS_ONLY = (
    "Only admins and owners of this workspace can see or change who can do what. Ask one of them to"
    " type `/phantom access`."
)
ACCESS_SLACK_SILENT = "Slack isn't answering right now. Type `/phantom access` again in a minute."
PEOPLE_NOT_KNOWN = "Slack isn't telling me who they are right now. Save again in a minute."
GROUPS_NOT_KNOWN = (
    "Slack isn't telling me which user groups there are right now. Save again in a minute."
)
GROUPS_GONE = (
    "A user group that you chose was disabled or deleted meanwhile, so it is no longer offered"
    " below."
)
ACCESS_NOT_STORED = "The database isn't answering, so nothing was changed. Try again."
CHANGED_MEANWHILE = (
    "Somebody else changed these rules while you had the form open, so yours weren't saved. The"
    " current rules are below. Change them again if you still want to."
)
_WHO = {
    Who.EVERYONE: "Everyone",
    Who.ADMINS: "Admins and owners only",
    Who.NAMED: "Admins, and people named below",
}
_SAID = {
    Who.EVERYONE: "everyone",
    Who.ADMINS: "admins",
    Who.NAMED: "named people",
}


def access_form(
    rules: Rules,
    version: int,
    groups: Sequence[tuple[str, str]],
    problem: str = "",
    *,
    agents: Mapping[str, str] = _NO_NAMES,
) -> View:
    """Return the form, with the known user groups and agents.

    `groups` are ids and handles of the workspace's user groups, `agents` ids and names of the
    account's agents.

    The form carries the version of the rules it shows, so that an admin can't overwrite another's
    change without having seen it.
    """
    blocks = [section(f"⚠️ {problem}")] if problem else []
    return {
        "type": "modal",
        "callback_id": ACCESS_FORM,
        "private_metadata": str(version),
        "title": plain_text(_TITLE),
        "submit": plain_text("Save"),
        "close": plain_text("Cancel"),
        "blocks": [
            *blocks,
            section(
                "Admins and owners can always launch and stop agents, within the channels and"
                " agents below. People from other workspaces never can."
            ),
            labelled(WHO, "Who can launch and stop agents", _who(rules.who)),
            labelled(PEOPLE, "People", _several("users", rules.users), optional=True),
            *_group_input(rules, groups),
            labelled(PLACES, "Only in these channels", _channels(rules.channels), optional=True),
            labelled(
                AGENTS,
                "Only these agents",
                _agents(rules.agents, agents),
                optional=True,
                hint="One per line: a name or an id. Leave empty for all agents.",
            ),
            labelled(GUESTS, "Guests", _guests(allowed=rules.guests), optional=True),
        ],
    }


def access_notice(text: str) -> View:
    """Return a view that shows one sentence in place of the form."""
    return notice(_TITLE, text)


def access_stored(
    rules: Rules,
    agents: Mapping[str, str] = _NO_NAMES,
    closed: Sequence[str] = (),
    groups: Mapping[str, str] = _NO_NAMES,
) -> View:
    """Confirm that the rules were saved, and name all that they name.

    `agents` and `groups` are names by id; `closed` are channels that the bot can't post in.
    """
    users, named_groups = (rules.users, rules.groups) if rules.who is Who.NAMED else ((), ())
    named = {
        "People": [f"<@{user}>" for user in users],
        "User groups": [f"@{escape(groups.get(one, one))}" for one in named_groups],
        "Channels": [place(channel) for channel in rules.channels],
        "Agents": [agent_named(one, agents.get(one, "")) for one in rules.agents],
    }
    lines = [f"✅ Saved. Who can launch and stop: {summary(rules)}."]
    if closed:
        where = ", ".join(map(place, closed))
        lines.append(f"I can't post in {where} yet. There, type `/invite @phantombot`.")
    lines += [f"{what}: {', '.join(names)}." for what, names in named.items() if names]
    return access_notice("\n".join(lines))


def agents_unknown(problems: Sequence[tuple[str, Refused]]) -> str:
    """Return which lines name no agent, and the nearest agents; errors in a form are plain text."""
    said = [_agent_unknown(line, error) for line, error in problems[:_PROBLEMS]]
    more = len(problems) - _PROBLEMS
    return " ".join([*said, *([f"… and {more} more."] if more > 0 else [])])


def person_refused(user: str, person: Person, *, guests: bool) -> str:
    """Return why somebody can't be named in the rules; empty if they can."""
    if person.stranger:
        return f"<@{user}> is not a member of this workspace: take them out."
    if person.deactivated:
        return f"<@{user}> is deactivated: take them out."
    if person.bot:
        return f"<@{user}> is a bot, and bots can't use phantombot: take it out."
    if person.guest and not guests:
        return f"<@{user}> is a guest: tick *Guests count as members* below, or take them out."
    return ""


def summary(rules: Rules) -> str:
    """Return the rules in half a line."""
    who = _SAID[rules.who]
    if rules.who is Who.NAMED:
        people = _count(rules.users, "named person", "named people") if rules.users else ""
        groups = _count(rules.groups, "user group") if rules.groups else ""
        who = ", ".join(filter(None, (people, groups)))
    where = f"in {_count(rules.channels, 'channel')}" if rules.channels else "in all channels"
    which = _count(rules.agents, "agent") if rules.agents else "all agents"
    return "; ".join((who, where, which, "guests too" if rules.guests else "no guests"))


def open_access_button() -> Message:
    """Offer a button that opens the form, for when Slack refused to open it."""
    return opener(OPEN_ACCESS, "access")


def _who(chosen: Who) -> Block:
    options = {who: option(words, who.value) for who, words in _WHO.items()}
    return {
        "type": "radio_buttons",
        "options": list(options.values()),
        "initial_option": options[chosen],
    }


def _several(kind: str, chosen: Sequence[str]) -> Block:
    element: Block = {"type": f"multi_{kind}_select", "max_selected_items": MOST}
    return element | ({f"initial_{kind}": list(chosen)} if chosen else {})


def _channels(chosen: Sequence[str]) -> Block:
    only = {"include": ["public", "private"], "exclude_bot_users": True}
    return _several("conversations", chosen) | {"filter": only}


def _group_input(rules: Rules, groups: Sequence[tuple[str, str]]) -> list[Block]:
    """Return the menu of user groups; Slack refuses an empty menu, and one of more than 100."""
    chosen_first = sorted(groups, key=lambda group: group[0] not in rules.groups)[:MOST]
    if not chosen_first:
        return []
    options = {group: option(f"@{handle}", group) for group, handle in chosen_first}
    element: Block = {"type": "multi_static_select", "options": list(options.values())}
    chosen = [option for group, option in options.items() if group in rules.groups]
    element |= {"initial_options": chosen} if chosen else {}
    return [labelled(GROUPS, "User groups", element, optional=True)]


def _agent_unknown(line: str, error: Refused) -> str:
    named = [f"{name} ({agent_id})" for agent_id, name in error.candidates]
    nearest = " or ".join(filter(None, (", ".join(named[:-1]), *named[-1:])))
    shown = " ".join(line.split())[:_SHOWN]
    if isinstance(error, AgentAmbiguous):
        return f"“{shown}” may be {nearest}. Use the id."
    step = f"Did you mean {nearest}?" if nearest else "If it is new, try again in a moment."
    return f"No agent is called “{shown}”. {step}"


def _agents(ids: Sequence[str], names: Mapping[str, str]) -> Block:
    """Return an input with one agent per line; only ids if the names don't fit."""
    on_a_line = {one: " ".join(names.get(one, "").split()) for one in ids}
    named = [f"{name} ({one})" if name else one for one, name in on_a_line.items()]
    if len("\n".join(named)) > LONGEST_TYPED or any(len(one) > LONGEST_AGENT for one in named):
        named = list(ids)
    typed: Block = {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": LONGEST_TYPED,
    }
    return typed | ({"initial_value": "\n".join(named)} if named else {})


def _guests(*, allowed: bool) -> Block:
    options = [option("Guests count as members", "guests")]
    element: Block = {"type": "checkboxes", "options": options}
    return element | ({"initial_options": options} if allowed else {})


def _count(things: Sequence[str], one: str, many: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else many or one + 's'}"
