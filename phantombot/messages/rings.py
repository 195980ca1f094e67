"""Messages that notify people of a run's end, since Slack notifies nobody of an edit."""

from collections.abc import Sequence

from phantombot.messages.blocks import Message, neutral, place, plain
from phantombot.messages.listing import listing
from phantombot.messages.runs import ending_line
from phantombot.runs.model import Run
from phantombot.runs.selection import link_to_message


def ring(run: Run, users: Sequence[str]) -> Message:
    """Mention these people, if there are any, and say how the run ended."""
    mentions = [f"<@{user}>" for user in users]
    return plain(" ".join((*mentions, ending_line(run))))


def ring_directly(run: Run, user: str, slack_url: str = "") -> Message:
    """Say to somebody in a direct message how the run ended, and where its message is."""
    return plain(_line(run, user, slack_url))


def rings_directly(runs: Sequence[Run], user: str, slack_url: str = "") -> Message:
    """Say to somebody in a direct message how several runs ended."""
    return listing("These runs ended:", [_line(run, user, slack_url) for run in runs])


def _line(run: Run, user: str, slack_url: str) -> str:
    where = run.posts_to if run.posts_to != run.user else run.channel
    link = link_to_message(run, slack_url, user)
    message = f" · <{neutral(link)}|Message>" if link else ""
    return f"{ending_line(run)} · in {place(where)}{message}"
