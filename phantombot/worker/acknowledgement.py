"""Delete the acknowledgement of a launch once the run's own message says the same.

It stands in the launcher's view alone, until Slack is asked to delete it through the response_url.
If Slack doesn't, it stays, and is still true.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.errors import CannotPost, DecryptionError, SlackRefused, SlackUnavailable
from phantombot.runs.model import Run

SHOWN_WITHIN = timedelta(seconds=1)
"""How soon Slack shows an acknowledgement: one can't be deleted before it is there."""
TRIED_FOR = timedelta(seconds=10)
"""How long Slack is asked again if it doesn't answer."""

log = logging.getLogger(__name__)


def deletable_at(run: Run) -> datetime | None:
    """Return when the run's acknowledgement can be deleted; None if there is none to delete.

    It stays if the run's message is anywhere but in the channel where both would be read.
    """
    if not run.acknowledged or run.ts is None or not run.stands_in_its_channel:
        return None
    return (run.answered_at or run.created_at) + SHOWN_WITHIN


def delete_acknowledgement(context: Context, run: Run) -> Run:
    """Delete the run's acknowledgement, if that is due.

    Raises:
        StaleWrite: another worker is at it.
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
    # Written after the call: a crash in between repeats it, and what is gone stays gone.
    return context.runs.write(run, replace(run, acknowledged=False))
