"""The welcome to whoever installed the app, and the greeting in a channel that the bot joins."""

from dataclasses import dataclass

from phantombot.access.rules import Rules
from phantombot.messages.agent_menu import NO_CHOICE
from phantombot.messages.blocks import Block, Message, actions, button, plain, section
from phantombot.messages.keys import ADD_KEY
from phantombot.messages.launch_form import OPEN_LAUNCH

_HEAD = "phantombot is installed. Three steps, and your team launches agents from Slack:"
_ALL_DONE = "All set. `/phantom help` lists what I know, `/phantom access` sets who can launch."
_KEY = "It is checked with Phantombuster and stored encrypted."
_KEY_BY_AN_ADMIN = "An admin of this workspace does that: `/phantom key`."
_LAUNCH = "Type `/phantom launch` in any channel."
_INVITE = (
    "Type `/invite @phantombot` there. In a private channel I can post only as a member, and"
    " `@phantombot launch` works where I am one."
)


@dataclass(frozen=True)
class Steps:
    """Which steps from installing the app to using it are done."""

    key_stored: bool = False
    launched: bool = False
    invited: bool = False


def welcome(steps: Steps, *, admin: bool = True) -> Message:
    """Return the message to whoever installed the app, which is edited as the steps are done."""
    lines = (
        (steps.key_stored, "1. Store the Phantombuster key", _KEY if admin else _KEY_BY_AN_ADMIN),
        (steps.launched, "2. Try a launch", _LAUNCH),
        (steps.invited, "3. Invite me to a channel", _INVITE),
    )
    texts = [_step(*line) for line in lines]
    if all(done for done, *_ in lines):
        texts.append(_ALL_DONE)
    blocks = [section(_HEAD), *map(section, texts), *_next(steps, admin=admin)]
    return Message("\n".join([_HEAD, *texts]), tuple(blocks))


def joined(rules: Rules, channel: str, *, has_key: bool) -> Message:
    """Return the greeting in a channel that the bot joined: what it can do there."""
    if rules.channels and channel not in rules.channels:
        return plain(
            "Agents can't be launched in this channel, but I post here when the runs of a watched"
            " agent end: `/phantom watch`. `/phantom help` has the rest."
        )
    if not has_key:
        return plain(
            "I launch Phantombuster agents in this channel and follow each run, once an admin has"
            " stored the key with `/phantom key`. `/phantom help` has the rest."
        )
    return plain(
        "I launch Phantombuster agents in this channel and follow each run to its end. Type"
        " `/phantom launch`, or `@phantombot launch` in a thread. `/phantom help` has the rest."
    )


def _step(done: bool, title: str, how: str) -> str:  # noqa: FBT001 - a row of the table above
    return f"✅ *{title}*" if done else f"⬜ *{title}*\n{how}"


def _next(steps: Steps, *, admin: bool) -> list[Block]:
    """Return the next step's button, if it has one."""
    if not steps.key_stored:
        store = button("Store the key", ADD_KEY, "key", style="primary")
        return [actions(store)] if admin else []
    if not steps.launched:
        return [actions(button("Launch an agent", OPEN_LAUNCH, NO_CHOICE, style="primary"))]
    return []
