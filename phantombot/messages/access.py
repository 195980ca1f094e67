"""Who may do what: the form in which admins say so, and what is said to whoever may not."""

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
"""The inputs of the form, and their actions."""

MOST = 100
"""People, groups, channels or agents that a list may hold."""
LONGEST_AGENT = 150
"""Characters of an agent's name or id."""
_TITLE = "Who may do what"

NOBODY_NAMED = "Name somebody below, or a user group."
TOO_MANY_AGENTS = f"At most {MOST} agents, each of at most {LONGEST_AGENT} characters."
ACCESS_ADMINS_ONLY = (
    "Only admins and owners of this workspace can see or change who may do what. Ask one of them to"
    " type `/phantom access`."
)
ACCESS_SLACK_SILENT = "Slack does not answer me just now. Type `/phantom access` again in a minute."
ACCESS_NOT_STORED = "The database does not answer, so nothing was changed. Try again."
CHANGED_MEANWHILE = (
    "Somebody else changed this while you had the form open, so yours was not stored. This is how"
    " it stands now: look at it, and change it again if you still want to."
)
_ASK = "An admin of this workspace can change that with `/phantom access`."
_WHY: dict[str, str] = {
    Denial.STRANGER: "only members of this workspace can use phantombot here. Ask one of them, or"
    " add phantombot to your own workspace.",
    Denial.GUEST: f"guests cannot use phantombot in this workspace. {_ASK}",
    Denial.NOT_ADMIN: "only admins of this workspace may launch and stop agents. Ask one of them to"
    " do it, or to let you with `/phantom access`.",
    Denial.NOT_NAMED: f"only people whom an admin named may launch and stop agents here. {_ASK}",
    Denial.CHANNEL: f"agents may not be launched or stopped in this channel. {_ASK}",
    Denial.AGENT: f"this agent may not be launched or stopped from Slack. {_ASK}",
    Denial.UNKNOWN: "Slack does not say just now who you are, which decides what you may do. Try"
    " again in a minute.",
}
_WHO = {
    Who.EVERYONE: "Everyone",
    Who.ADMINS: "Admins and owners only",
    Who.NAMED: "Admins, and those named below",
}
_SAID = {
    Who.EVERYONE: "everyone",
    Who.ADMINS: "admins",
    Who.NAMED: "named people",
}


def why_not(cause: str) -> str:
    """Why somebody may not, and who can grant it; it goes on after a colon."""
    return _WHY.get(cause, f"you may not do that here. {_ASK}")


def not_allowed(denial: Denial) -> Message:
    """To whoever may not see what they asked for."""
    sentence = why_not(denial)
    text = sentence[0].upper() + sentence[1:]
    return Message(text, (section(text),))


def access_form(
    rules: Rules, version: int, groups: Sequence[tuple[str, str]], problem: str = ""
) -> View:
    """The form; `groups` are ids and handles of the workspace's user groups, as far as known.

    The version goes along, so that of two admins who save at once none undoes the other unseen.
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
                "Admins and owners may always launch and stop, within the channels and agents"
                " below. People of other workspaces never may."
            ),
            labelled(WHO, "Who may launch and stop agents", _who(rules.who)),
            labelled(PEOPLE, "People", _several("users", rules.users), optional=True),
            *_group_input(rules, groups),
            labelled(PLACES, "Only in these channels", _channels(rules.channels), optional=True),
            labelled(
                AGENTS,
                "Only these agents",
                _agents(rules.agents),
                optional=True,
                hint="One a line: its id, or its whole name. Empty: all of them.",
            ),
            labelled(GUESTS, "Guests", _guests(allowed=rules.guests), optional=True),
        ],
    }


def access_notice(text: str) -> View:
    """A sentence in the form's place."""
    return notice(_TITLE, text)


def access_stored(rules: Rules) -> View:
    """Shown when the rules were stored."""
    return access_notice(f"✅ Saved. Who may launch and stop: {summary(rules)}.")


def saving() -> View:
    """Shown while it is found out whether an admin sent the form."""
    return access_notice("⏳ Saving…")


def summary(rules: Rules) -> str:
    """The rules in half a line."""
    who = _SAID[rules.who]
    if rules.who is Who.NAMED:
        people = _count(rules.users, "named person", "named people") if rules.users else ""
        groups = _count(rules.groups, "user group") if rules.groups else ""
        who = ", ".join(filter(None, (people, groups)))
    where = f"in {_count(rules.channels, 'channel')}" if rules.channels else "in all channels"
    which = _count(rules.agents, "agent") if rules.agents else "all agents"
    return "; ".join((who, where, which, "guests too" if rules.guests else "no guests"))


def open_access_button() -> Message:
    """A way to the form for when Slack did not let it be opened."""
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
    """Slack takes no menu without a choice, and none of more than 100."""
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
