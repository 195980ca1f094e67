"""Delete the acknowledgement of a launch once the run's own message says the same.

Only the launcher sees it. It is deleted through the response_url. If Slack refuses, it stays, and
is still true.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.errors import CannotPost, DecryptionError, SlackRefused, SlackUnavailable
from phantombot.runs.model import Run

SHOWN_WITHIN = timedelta(seconds=1)
"""How soon Slack shows an acknowledgement, which can't be deleted before that."""
TRIED_FOR = timedelta(seconds=10)
"""How long the deletion is retried if Slack doesn't answer."""

log = logging.getLogger(__name__)


def deletable_at(run: Run) -> datetime | None:
    """Return when the run's acknowledgement can be deleted; None if there is none to delete.

    It stays unless the run's message is in the same channel.
    """
    if not run.acknowledged or run.ts is None or not run.stands_in_its_channel:
        return None
    return (run.answered_at or run.created_at) + SHOWN_WITHIN


def delete_acknowledgement(context: Context, run: Run) -> Run:
    """Delete the run's acknowledgement, if that is due.

    Raises:
        StaleWrite: another worker is processing the run.
    """
    now, due = context.clock(), deletable_at(run)
    if due is None or now < due:
        return run
    try:
        url = context.runs.response_url(run)
        if url is not None:
            context.slack.delete_original(url)
    except SlackUnavailable as error:
        log.info("run %s: its acknowledgement isn't deleted yet: %s", run.id, error.code)
        if now - due < TRIED_FOR:
            return run
    except (DecryptionError, SlackRefused, CannotPost) as error:
        log.info("run %s: its acknowledgement stays: %s", run.id, error)
    # Written after the call: a crash in between repeats the deletion, which does no harm.
    return context.runs.write(run, replace(run, acknowledged=False))
