"""Who may: checked once, before whatever is asked for is done."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.permissions import denied_reading
from phantombot.access.rules import UNCHECKED, Asker, Denial
from phantombot.context import Context
from phantombot.errors import SlackError, StoreUnavailable
from phantombot.messages.access import not_allowed
from phantombot.messages.blocks import Message, plain

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Anyone:
    """The permission of everybody; what the rules forbid is refused once the agent is known."""

    def refusal(self, _context: Context, _asker: Asker) -> Message | None:
        """Return None: nobody is refused."""
        return None


@dataclass(frozen=True)
class Members:
    """The permission of the workspace's members, and of its guests where the rules say so."""

    wanted: str
    """What the audit trail says that somebody was refused."""
    if_unknown: bool = False
    """Whether they may where it can't be found out who they are."""

    def refusal(self, context: Context, asker: Asker) -> Message | None:
        """Return why the asker may not, noted in the audit trail; None where they may.

        Raises:
            StoreUnavailable: the rules can't be read.
        """
        denial = self._denial(context, asker)
        if denial is None:
            return None
        note_refused(context, asker, self.wanted)
        return not_allowed(denial)

    def _denial(self, context: Context, asker: Asker) -> Denial | None:
        try:
            denial = denied_reading(context, asker)
        except StoreUnavailable:
            if self.if_unknown:
                return None
            raise
        return None if self.if_unknown and denial in UNCHECKED else denial


@dataclass(frozen=True)
class Admins:
    """The permission of the workspace's admins and owners. Slack is asked each time."""

    wanted: str
    """What the audit trail says that somebody was refused."""
    only: str
    """What everybody else is told."""
    unknown: Callable[[SlackError], Message]
    """What is said where Slack doesn't tell who the asker is."""

    def refusal(self, context: Context, asker: Asker) -> Message | None:
        """Return why the asker may not; None where they may."""
        try:
            return None if self.include(context, asker) else plain(self.only)
        except SlackError as error:
            return self.unknown(error)

    def include(self, context: Context, asker: Asker) -> bool:
        """Return whether the asker is an admin; if not, note in the audit trail that they asked.

        Raises:
            SlackError: it could not be found out.
        """
        if context.slack.is_admin(asker.workspace, asker.user):
            return True
        note_refused(context, replace(asker, channel=""), self.wanted)
        return False


Permission = Anyone | Members | Admins


def note_refused(context: Context, asker: Asker, wanted: str) -> None:
    """Note in the audit trail who was refused what; a refusal stands, whatever the store says."""
    entry = AuditEntry(
        asker.workspace,
        context.clock(),
        asker.user,
        AuditAction.REFUSED,
        channel=asker.channel,
        outcome=wanted,
    )
    try:
        context.audit.note(entry)
    except StoreUnavailable as error:
        log.warning("a refusal is not written down: %s", error)
