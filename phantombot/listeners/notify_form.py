"""The submitted form of how somebody is notified."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from functools import partial
from typing import Any

from phantombot.access.rules import Asker
from phantombot.commands.notify import utc_offset
from phantombot.context import Context
from phantombot.errors import StoreUnavailable
from phantombot.listeners.forms import chosen, entered, save_in_background
from phantombot.messages.form import with_problem
from phantombot.messages.notify import (
    ENDS,
    FAILURES,
    NOTIFY_NOT_STORED,
    QUIET,
    QUIET_FROM,
    QUIET_TIMES_EQUAL,
    QUIET_UNTIL,
    RING_BY,
    notify_form,
    notify_notice,
    notify_stored,
)
from phantombot.runs.ring import RingBy, RingSettings
from phantombot.slack.payload import Body, asker_of


def answer_notify_form(context: Context, body: Body) -> dict[str, Any]:
    """Acknowledge the submitted form, with an error at its input or with "saving"."""
    settings = _entered(body["view"]["state"]["values"])
    if settings.quiet_from is not None and settings.quiet_from == settings.quiet_until:
        return {"response_action": "errors", "errors": {QUIET_UNTIL: QUIET_TIMES_EQUAL}}
    save = partial(_saved, context, asker_of(body), settings)
    return save_in_background(context, body, save, notify_notice)


def _saved(context: Context, asker: Asker, settings: RingSettings) -> dict[str, Any]:
    """Store the settings; return the view to show."""
    settings = replace(settings, utc_offset=utc_offset(context, asker))
    try:
        context.rings.set(asker.workspace, asker.user, settings)
    except StoreUnavailable:
        return with_problem(notify_form(settings, settings.utc_offset), NOTIFY_NOT_STORED)
    return notify_stored(settings)


def _entered(values: Mapping[str, Any]) -> RingSettings:
    times = [entered(values, name, "selected_time") for name in (QUIET_FROM, QUIET_UNTIL)]
    quiet = bool(entered(values, QUIET, "selected_options")) and all(times)
    begin, end = (time.fromisoformat(at) if quiet else None for at in times)
    return RingSettings(
        RingBy(chosen(values, RING_BY)), chosen(values, ENDS) == FAILURES, begin, end
    )
