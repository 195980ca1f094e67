"""The submitted forms: how somebody is notified, and what is posted in a channel."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from functools import partial
from typing import Any

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules import Asker
from phantombot.commands.notify import NOTIFY_ADMINS, utc_offset
from phantombot.context import Context
from phantombot.errors import SlackError, StoreUnavailable
from phantombot.listeners.forms import chosen, entered, save_in_background
from phantombot.messages.form import with_problem
from phantombot.messages.notify import (
    BROADCAST,
    COUNT_ONLY,
    ENDINGS,
    ENDS,
    FAILURES,
    NOTIFY_ADMINS_ONLY,
    NOTIFY_HERE_SLACK_SILENT,
    NOTIFY_NOT_STORED,
    QUIET,
    QUIET_FROM,
    QUIET_TIMES_EQUAL,
    QUIET_UNTIL,
    RESULTS,
    RING_BY,
    notify_form,
    notify_here_notice,
    notify_here_stored,
    notify_notice,
    notify_stored,
)
from phantombot.runs.channel_settings import ChannelSettings
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


def answer_notify_here_form(context: Context, body: Body) -> dict[str, Any]:
    """Acknowledge the submitted form with "saving", and store the settings."""
    view = body["view"]
    values = view["state"]["values"]
    broadcast = chosen(values, ENDINGS) == BROADCAST
    settings = ChannelSettings(broadcast, chosen(values, RESULTS) == COUNT_ONLY)
    asker = replace(asker_of(body), channel=str(view["private_metadata"]))
    save = partial(_saved_here, context, asker, settings)
    return save_in_background(context, body, save, notify_here_notice)


def _saved_here(context: Context, asker: Asker, settings: ChannelSettings) -> dict[str, Any]:
    """Store the settings if an admin sent them; return the view to show."""
    endings = "endings also in the channel" if settings.broadcast else "endings in threads only"
    results = "results counted only" if settings.count_only else "results shown"
    entry = AuditEntry(
        workspace=asker.workspace,
        at=context.clock(),
        user=asker.user,
        what=AuditAction.CHANNEL_CHANGED,
        channel=asker.channel,
        outcome=f"{endings}, {results}",
    )
    try:
        if not NOTIFY_ADMINS.include(context, asker):
            return notify_here_notice(NOTIFY_ADMINS_ONLY)
        context.rings.set_in_channel(settings, entry)
    except StoreUnavailable:
        return notify_here_notice(NOTIFY_NOT_STORED)
    except SlackError:
        return notify_here_notice(NOTIFY_HERE_SLACK_SILENT)
    context.wake(asker.workspace)  # messages of runs that are going on there change at once
    return notify_here_stored(settings)
