"""`/phantom doctor`, for whoever belongs here. All of it runs after the acknowledgement."""

from phantombot.access.permissions import denied_reading
from phantombot.access.rules import Asker, Denial
from phantombot.context import Context
from phantombot.errors import StoreUnavailable
from phantombot.listeners.admins import note_refused
from phantombot.messages.access import not_allowed
from phantombot.messages.blocks import Message
from phantombot.messages.doctor import checked


def tell_checks(context: Context, asker: Asker) -> Message:
    """What can be wrong here, line by line."""
    denial = _denied(context, asker)
    if denial is None:
        return checked(context.examine(asker.workspace, asker.channel))
    note_refused(context, asker.workspace, asker.user, "doctor", asker.channel)
    return not_allowed(denial)


def _denied(context: Context, asker: Asker) -> Denial | None:
    """Why the asker may see nothing; what keeps that from being known is what a doctor is for."""
    try:
        denial = denied_reading(context, asker)
    except StoreUnavailable:
        return None
    return None if denial is Denial.UNKNOWN else denial
