"""Messages about watched agents, to the channel and to the person who set the watch."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from phantombot.messages.blocks import (
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    button,
    confirmation,
    escape,
    place,
    plain,
    section,
    shortened,
    with_note,
)
from phantombot.messages.channels import mend
from phantombot.messages.endings import ending_sign, how_it_ended
from phantombot.messages.failures import passes_soon, sentence
from phantombot.messages.listing import agent_named, listing
from phantombot.messages.results import link_to_page
from phantombot.watches.model import End, News, Notice, Word

WATCHED_AGAIN = "watched_again"
WATCHED_LATER = "watched_later"
WATCHED_OUTPUT = "watched_output"
LAUNCH_SAVED = "launch_saved"
SAVED_LATER = "saved_later"
WATCHED_ALL_AGAIN = "watched_all_again"

MOST_AGAIN = 25
"""The most agents that one button launches: Slack accepts 2,000 characters as its value."""

_LATE = timedelta(minutes=10)
"""Ends older than this are posted with their time."""


def notice_message(notice: Notice, now: datetime, unsaid: int = 0) -> Message:
    """Say what happened to one watched agent; `unsaid` earlier ends couldn't be posted."""
    title = agent_named(notice.agent_id, notice.agent_name)
    if notice.end is None:
        return _with(plain(_words(notice)), unsaid)
    end = notice.end
    begins, how = f"{ending_sign(end.ending)} {title}", how_it_ended(end.ending)
    words = (begins, how, _streak(end), _earlier(end), _when(end, now), link_to_page(end.page))
    message = _with(plain(" · ".join(part for part in words if part)), unsaid)
    return Message(message.text, (*message.blocks, actions(*_buttons(notice, end))))


def several_notices(notices: Sequence[Notice], unsaid: int = 0) -> Message:
    """Say what happened to several agents, one line each."""
    lines = [_short(notice) for notice in notices]
    return _with(listing("News of the agents watched here:", lines), unsaid)


def session_notice(cause: str, agents: Sequence[tuple[str, str]], unsaid: int = 0) -> Message:
    """Say which agents one dead session failed: their ids and names."""
    head = f"❌ {sentence(cause)} It failed {len(agents)} of the agents watched here:"
    message = _with(listing(head, [agent_named(*agent) for agent in agents]), unsaid)
    again = [agent_id for agent_id, _ in agents][:MOST_AGAIN]
    row = button(f"Run the {len(again)} again", WATCHED_ALL_AGAIN, " ".join(again))
    question = f"This launches {len(again)} agents with their saved settings."
    asked = confirmation("Launch them?", question, "Launch", "Not now") | {"style": "primary"}
    return Message(message.text, (*message.blocks, actions(row | {"confirm": asked})))


def delivery_stopped(channel: str, code: str, message: Message) -> Message:
    """Tell the person who set a watch that the channel refuses posts, and how to fix that."""
    return with_note(
        message,
        f"I can't post this in {place(channel)}, where you set the watch. Until I can, I only count"
        f" the runs that end. {mend(code)}",
    )


def in_doubt(channel: str, message: Message) -> Message:
    """Tell the person who set the watch that Slack didn't confirm the post."""
    return with_note(
        message,
        f"This may be missing in {place(channel)}, where it belongs: Slack didn't confirm that it"
        " was posted.",
    )


def _words(notice: Notice) -> str:
    title = agent_named(notice.agent_id, notice.agent_name)
    if notice.news is News.RENAMED:
        return f"{title} is the new name of “{escape(notice.before, 80)}”; it is still watched here"
    if notice.news is News.UNMUTED:
        ends = "1 of its runs" if notice.count == 1 else f"{notice.count} of its runs"
        return (
            f"{title} is no longer muted here. {ends} ended meanwhile; `/phantom output"
            f" {notice.agent_id}` shows its last."
        )
    return (
        f"❔ {title} is no longer at Phantombuster, so I'll post nothing about it unless it comes"
        f" back; `/phantom unwatch {notice.agent_id}` removes the watch"
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
    ends = "1 earlier run" if end.earlier == 1 else f"{end.earlier} earlier runs"
    return f"{ends} not posted"


def _when(end: End, now: datetime) -> str:
    """Return when the run ended, if we found out late."""
    at = end.ended_at
    if at is None or now - at < _LATE:
        return ""
    return f"ended <!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M}>"


def _with(message: Message, unsaid: int) -> Message:
    if not unsaid:
        return message
    runs = "1 run" if unsaid == 1 else f"{unsaid} runs"
    note = f"Before this, {runs} couldn't be posted here. `/phantom output` shows an agent's last."
    text = shortened(message.text, TEXT_LIMIT - len(note) - 1)
    return Message(f"{text}\n{note}", (*message.blocks, section(note)))


def _buttons(notice: Notice, end: End) -> list[Block]:
    value = f"{notice.agent_id}:{end.container_id or ''}"
    first = [button("Run again", WATCHED_AGAIN, end.run_uid)] if end.run_uid else [_launch(notice)]
    if passes_soon(end.ending):
        later = (WATCHED_LATER, end.run_uid) if end.run_uid else (SAVED_LATER, value)
        first.append(button("Retry in 15 min", *later))
    return [*first, button("Output", WATCHED_OUTPUT, value)]


def _launch(notice: Notice) -> Block:
    named = f"{notice.agent_name[:80]} ({notice.agent_id})"
    question = f"This launches {named} with its saved settings."
    asked = confirmation("Launch it?", question, "Launch", "Not now") | {"style": "primary"}
    return button("Launch", LAUNCH_SAVED, notice.agent_id) | {"confirm": asked}
