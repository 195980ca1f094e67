"""Who may: checked once, before whatever is asked for is done."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.permissions import denied, denied_reading
from phantombot.access.rules import UNCHECKED, Asker, Denial
from phantombot.context import Context
from phantombot.errors import SlackError, SlackUnavailable, StoreUnavailable
from phantombot.messages.blocks import Message, plain
from phantombot.messages.refusals import not_allowed, why_not

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rights:
    """What somebody may do; where that isn't known, nothing is withheld from them."""

    reading: Denial | None = None
    """Why they can't see runs and results."""
    acting: Denial | None = None
    """Why they can't launch and stop where they are."""
    admin: bool = True

    @property
    def acting_anywhere(self) -> Denial | None:
        """Return why they can't launch and stop in any channel."""
        return None if self.acting is Denial.CHANNEL else self.acting


def rights_of(context: Context, asker: Asker) -> Rights:
    """Return what the asker may do, to show what they can use: nothing is granted by this."""
    try:
        acting = denied(context, asker)
        person = context.people.person(asker.workspace, asker.user)
        return Rights(denied_reading(context, asker), acting, person.admin)
    except (SlackUnavailable, StoreUnavailable) as error:
        log.info("what %s may do isn't known: %s", asker.user, error)
        return Rights()


@dataclass(frozen=True)
class Anyone:
    """The permission of everybody; what the rules forbid is refused once the agent is known."""

    acts: bool = False
    """Whether it launches or stops agents, or is there for those who do."""

    def refusal(self, _context: Context, _asker: Asker) -> Message | None:
        """Return None: nobody is refused."""
        return None

    def withheld(self, rights: Rights) -> str:
        """Return why it is of no use to somebody with these rights; empty if it is."""
        denial = rights.acting_anywhere if self.acts else None
        return why_not(denial) if denial else ""


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

    def withheld(self, rights: Rights) -> str:
        """Return why somebody with these rights may not; empty if they may."""
        return why_not(rights.reading) if rights.reading else ""

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

    def withheld(self, rights: Rights) -> str:
        """Return why somebody with these rights may not; empty if they may."""
        return "" if rights.admin else self.only

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
