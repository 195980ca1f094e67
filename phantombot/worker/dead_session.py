"""Report a dead session once: only the first run it fails notifies, and lists the others.

Runs of one launcher that fail within an hour because of the same service's session join the first.
Which run joins which is on disk before anybody is notified, and the first run's message is made
from that, so a crash repeats an edit and nothing else.
"""

import logging
from dataclasses import replace
from datetime import timedelta

from phantombot.context import Context
from phantombot.errors import SlackError
from phantombot.messages.blocks import Message
from phantombot.messages.runs import run_message
from phantombot.messages.sessions import with_others_failed
from phantombot.runs.cause import dead_session
from phantombot.runs.channel_settings import shown_in_channel
from phantombot.runs.ending import Kind
from phantombot.runs.model import Run
from phantombot.slack.client import Posted
from phantombot.worker.delivery import PutOff
from phantombot.worker.tick import Tick

TOGETHER_FOR = timedelta(hours=1)
"""A run that fails later than this after the first doesn't join it."""

log = logging.getLogger(__name__)


def message_of(context: Context, run: Run) -> Message | None:
    """Return the run's message, without what its channel's settings leave out."""
    message = run_message(shown_in_channel(context, run), context.clock())
    if message is None or run.told_with != run.uid:
        return message
    return with_others_failed(message, run, context.runs.told_with(run.workspace, run.uid))


def join_first(tick: Tick, run: Run) -> tuple[Run, bool]:
    """List this run in the first run's message, if one dead session failed both.

    Return the run, and whether to try again because Slack doesn't accept it now.
    """
    service = _session(run)
    if service is None or run.ts is None:
        return run, False
    context = tick.context
    # One at a time: of two edits of one message, the later has to list both runs.
    with context.turns.of(f"dead session in {run.workspace}"):
        if run.told_with is None:
            first = _first(context, run, service)
            run = context.runs.write(run, replace(run, told_with=first.uid))
        return _told(tick, run) if run.told_by_another else (run, False)


def _session(run: Run) -> str | None:
    if run.ending is None or run.ending.kind is not Kind.FAILED:
        return None
    return dead_session(run.ending.cause)


def _first(context: Context, run: Run, service: str) -> Run:
    since = (run.ended_at or context.clock()) - TOGETHER_FOR
    earlier = context.runs.first_of_sessions(run, since)
    return next((one for one in earlier if _session(one) == service), run)


def _told(tick: Tick, run: Run) -> tuple[Run, bool]:
    """Edit the first run's message; if Slack refuses that, each run reports its own failure."""
    context = tick.context
    first = context.runs.by_uid(run.workspace, run.told_with or "")
    message = message_of(context, first) if first is not None else None
    if first is None or first.ts is None or message is None:
        return run, False
    try:
        tick.delivery.edit(Posted(first.posts_to, first.ts), message)
    except PutOff as put_off:
        return context.runs.write(run, put_off.applied_to(run)), True
    except SlackError as error:
        log.warning("run %s: its message can't tell of run %s: %s", first.id, run.id, error.code)
    return run, False
