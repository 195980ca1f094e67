"""What is said of watched agents: to the channel, and to whoever set the watch."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from phantombot.messages.blocks import (
    Block,
    Message,
    actions,
    button,
    confirmation,
    escape,
    place,
    plain,
    section,
)
from phantombot.messages.channels import mend
from phantombot.messages.listing import agent_named, listing
from phantombot.messages.runs import RUN_AGAIN, ending_sign, how_it_ended
from phantombot.watches.model import End, News, Notice, Word

WATCHED_OUTPUT = "watched_output"
LAUNCH_SAVED = "launch_saved"

_LATE = timedelta(minutes=10)
"""An end that is older when it is told says so."""


def notice_message(notice: Notice, now: datetime, unsaid: int = 0) -> Message:
    """What happened to one watched agent; `unsaid` ends could not be told before."""
    title = agent_named(notice.agent_id, notice.agent_name)
    if notice.end is None:
        return _with(plain(_words(notice)), unsaid)
    end = notice.end
    begins, how = f"{ending_sign(end.ending)} {title}", how_it_ended(end.ending)
    words = (begins, how, _streak(end), _earlier(end), _when(end, now))
    message = _with(plain(" · ".join(part for part in words if part)), unsaid)
    return Message(message.text, (*message.blocks, actions(*_buttons(notice, end))))


def several_notices(notices: Sequence[Notice], unsaid: int = 0) -> Message:
    """The same of several at once, a line each."""
    lines = [_short(notice) for notice in notices]
    return _with(listing("What happened to agents that are watched here:", lines), unsaid)


def delivery_stopped(channel: str, code: str, message: Message) -> Message:
    """To whoever set a watch in a channel that takes nothing, with the mend."""
    return plain(
        message.text,
        f"I may not post this in {place(channel)}, where you let me watch it; what ends from now on"
        f" is only counted until I may. {mend(code)}",
    )


def in_doubt(channel: str, message: Message) -> Message:
    """To whoever set the watch, where Slack's answer to the post never came."""
    return plain(
        message.text,
        f"This may not stand in {place(channel)}, where it belongs: Slack did not say whether it"
        " took it.",
    )


def _words(notice: Notice) -> str:
    title = agent_named(notice.agent_id, notice.agent_name)
    if notice.news is News.RENAMED:
        return f"{title} is the new name of “{escape(notice.before, 80)}”; it is still watched here"
    return (
        f"❔ {title} is no longer at Phantombuster, so nothing is told of it here unless it comes"
        f" back; `/phantom unwatch {notice.agent_id}` ends the watch"
    )


def _short(notice: Notice) -> str:
    if notice.end is None:
        return _words(notice)
    ending = notice.end.ending
    begins = f"{ending_sign(ending)} {agent_named(notice.agent_id, notice.agent_name)}"
    how = how_it_ended(ending).partition(" · ")[0]
    parts = (begins, how, _streak(notice.end), _earlier(notice.end))
    return " · ".join(part for part in parts if part)


def _streak(end: End) -> str:
    if end.recovered and end.word is not Word.FAILURE:
        return f"after {end.recovered} failures" if end.recovered > 1 else "after a failure"
    return f"{end.times} times in a row" if end.times > 1 else ""


def _earlier(end: End) -> str:
    if not end.earlier:
        return ""
    ends = "1 earlier end is" if end.earlier == 1 else f"{end.earlier} earlier ends are"
    return f"{ends} not told"


def _when(end: End, now: datetime) -> str:
    """An end that was found late says when it was."""
    at = end.ended_at
    if at is None or now - at < _LATE:
        return ""
    return f"ended <!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M}>"


def _with(message: Message, unsaid: int) -> Message:
    if not unsaid:
        return message
    ends = "1 end" if unsaid == 1 else f"{unsaid} ends"
    note = f"Before this, {ends} could not be told here; `/phantom output` shows an agent's last."
    return Message(f"{message.text}\n{note}", (*message.blocks, section(note)))


def _buttons(notice: Notice, end: End) -> list[Block]:
    named = f"{notice.agent_name[:80]} ({notice.agent_id})"
    output = button("Output", WATCHED_OUTPUT, f"{notice.agent_id}:{end.container_id or ''}")
    if end.run_id is not None:
        return [button("Run again", RUN_AGAIN, str(end.run_id)), output]
    launch = button("Launch", LAUNCH_SAVED, notice.agent_id)
    question = f"This launches {named} with its saved options."
    asked = confirmation("Launch it?", question, "Launch", "Not now") | {"style": "primary"}
    return [launch | {"confirm": asked}, output]
