"""The access form for admins, and the sentences for whoever is not allowed."""

from collections.abc import Sequence

from phantombot.access.rules import Denial, Rules, Who
from phantombot.messages.blocks import Block, Message, section
from phantombot.messages.form import (
    LONGEST_TYPED,
    View,
    labelled,
    notice,
    opener,
    option,
    plain_text,
)

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
_TITLE = "Who can do what"

NOBODY_NAMED = "Name a person or a user group below."
TOO_MANY_AGENTS = f"At most {MOST} agents, each of at most {LONGEST_AGENT} characters."
ACCESS_ADMINS_ONLY = (
    "Only admins and owners of this workspace can see or change who can do what. Ask one of them to"
    " type `/phantom access`."
)
ACCESS_SLACK_SILENT = "Slack isn't answering right now. Type `/phantom access` again in a minute."
ACCESS_NOT_STORED = "The database isn't answering, so nothing was changed. Try again."
CHANGED_MEANWHILE = (
    "Somebody else changed these rules while you had the form open, so yours weren't saved. The"
    " current rules are below. Change them again if you still want to."
)
_ASK = "An admin of this workspace can change that with `/phantom access`."
_WHY: dict[str, str] = {
    Denial.STRANGER: "only members of this workspace can use phantombot here. Ask one of them, or"
    " add phantombot to your own workspace.",
    Denial.GUEST: f"guests can't use phantombot in this workspace. {_ASK}",
    Denial.DEACTIVATED: "this account is deactivated, so it can't use phantombot. An admin of this"
    " workspace can reactivate it.",
    Denial.BOT: "bots can't use phantombot. Ask a member of this workspace to do it.",
    Denial.NOT_ADMIN: "only admins of this workspace can launch and stop agents. Ask one of them to"
    " do it, or to give you access with `/phantom access`.",
    Denial.NOT_NAMED: f"only people named by an admin can launch and stop agents here. {_ASK}",
    Denial.CHANNEL: f"agents can't be launched or stopped in this channel. {_ASK}",
    Denial.AGENT: f"this agent can't be launched or stopped from Slack. {_ASK}",
    Denial.UNKNOWN: "Slack isn't telling me who you are right now, so I can't check what you're"
    " allowed to do. Try again in a minute.",
    Denial.SCOPE: "I'm not permitted to look up who you are, so I can't check what you're allowed"
    " to do. Ask an admin of this workspace to reinstall phantombot with the scopes that `/phantom"
    " doctor` lists.",
}
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


def why_not(cause: str) -> str:
    """Return why somebody is not allowed and who can change that, to follow a colon."""
    return _WHY.get(cause, f"you can't do that here. {_ASK}")


def not_allowed(denial: Denial) -> Message:
    """Tell somebody that they are not allowed to see what they asked for."""
    sentence = why_not(denial)
    text = sentence[0].upper() + sentence[1:]
    return Message(text, (section(text),))


def access_form(
    rules: Rules, version: int, groups: Sequence[tuple[str, str]], problem: str = ""
) -> View:
    """Return the form; `groups` are ids and handles of the workspace's user groups, as far as
    known.

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
                _agents(rules.agents),
                optional=True,
                hint="One per line: an id or a full name. Leave empty for all agents.",
            ),
            labelled(GUESTS, "Guests", _guests(allowed=rules.guests), optional=True),
        ],
    }


def access_notice(text: str) -> View:
    """Return a view that shows one sentence in place of the form."""
    return notice(_TITLE, text)


def access_stored(rules: Rules) -> View:
    """Confirm that the rules were saved."""
    return access_notice(f"✅ Saved. Who can launch and stop: {summary(rules)}.")


def saving() -> View:
    """Return what the form shows until the rules are saved."""
    return access_notice("⏳ Saving…")


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


def _agents(named: Sequence[str]) -> Block:
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
