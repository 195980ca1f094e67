"""The submitted form of a channel's settings."""

from dataclasses import replace
from functools import partial
from typing import Any

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules import Asker
from phantombot.commands.notify import NOTIFY_ADMINS
from phantombot.context import Context
from phantombot.errors import SlackError, StoreUnavailable
from phantombot.listeners.forms import chosen, save_in_background
from phantombot.messages.notify import NOTIFY_NOT_STORED
from phantombot.messages.notify_here import (
    BROADCAST,
    COUNT_ONLY,
    ENDINGS,
    NOTIFY_ADMINS_ONLY,
    NOTIFY_HERE_SLACK_SILENT,
    RESULTS,
    notify_here_notice,
    notify_here_stored,
)
from phantombot.runs.channel_settings import ChannelSettings
from phantombot.slack.payload import Body, asker_of


def answer_notify_here_form(context: Context, body: Body) -> dict[str, Any]:
    """Acknowledge the submitted form with "saving", and store the settings."""
    view = body["view"]
    values = view["state"]["values"]
    broadcast = chosen(values, ENDINGS) == BROADCAST
    settings = ChannelSettings(broadcast, chosen(values, RESULTS) == COUNT_ONLY)
    asker = replace(asker_of(body), channel=str(view["private_metadata"]))
    save = partial(_saved, context, asker, settings)
    return save_in_background(context, body, save, notify_here_notice)


def _saved(context: Context, asker: Asker, settings: ChannelSettings) -> dict[str, Any]:
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
