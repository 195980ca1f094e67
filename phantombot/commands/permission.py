"""Permissions of subcommands and buttons, checked once before the handler runs."""

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
    """What somebody can do; if that isn't known, nothing is hidden from them."""

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
    """Return what the asker can do, only to decide what to show: this grants nothing."""
    try:
        acting = denied(context, asker)
        person = context.people.person(asker.workspace, asker.user)
        return Rights(denied_reading(context, asker), acting, person.admin)
    except (SlackUnavailable, StoreUnavailable) as error:
        log.info("what %s may do isn't known: %s", asker.user, error)
        return Rights()


@dataclass(frozen=True)
class Anyone:
    """Everybody is allowed; the access rules are checked once the agent is known."""

    acts: bool = False
    """Whether it launches or stops agents, or is only useful to people who can."""

    def refusal(self, _context: Context, _asker: Asker) -> Message | None:
        """Return None: nobody is refused."""
        return None

    def withheld(self, rights: Rights) -> str:
        """Return why it is of no use to somebody with these rights; empty if it is useful."""
        denial = rights.acting_anywhere if self.acts else None
        return why_not(denial) if denial else ""


@dataclass(frozen=True)
class Members:
    """The workspace's members are allowed, and its guests if the rules say so."""

    wanted: str
    """What was refused, in the words of the audit trail."""
    if_unknown: bool = False
    """Whether to allow it if Slack doesn't say who they are."""

    def refusal(self, context: Context, asker: Asker) -> Message | None:
        """Return why the asker can't, and record that in the audit trail; None if they can.

        Raises:
            StoreUnavailable: the rules can't be read.
        """
        denial = self._denial(context, asker)
        if denial is None:
            return None
        note_refused(context, asker, self.wanted)
        return not_allowed(denial)

    def withheld(self, rights: Rights) -> str:
        """Return why somebody with these rights can't; empty if they can."""
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
    """The workspace's admins and owners are allowed. Slack is asked each time."""

    wanted: str
    """What was refused, in the words of the audit trail."""
    only: str
    """The answer to everybody else."""
    unknown: Callable[[SlackError], Message]
    """The answer if Slack doesn't say who the asker is."""

    def refusal(self, context: Context, asker: Asker) -> Message | None:
        """Return why the asker can't; None if they can."""
        try:
            return None if self.include(context, asker) else plain(self.only)
        except SlackError as error:
            return self.unknown(error)

    def withheld(self, rights: Rights) -> str:
        """Return why somebody with these rights can't; empty if they can."""
        return "" if rights.admin else self.only

    def include(self, context: Context, asker: Asker) -> bool:
        """Return whether the asker is an admin; if not, record the attempt in the audit trail.

        Raises:
            SlackError: Slack didn't say.
        """
        if context.slack.is_admin(asker.workspace, asker.user):
            return True
        note_refused(context, replace(asker, channel=""), self.wanted)
        return False


Permission = Anyone | Members | Admins


def note_refused(context: Context, asker: Asker, wanted: str) -> None:
    """Record a refusal in the audit trail; it is refused even if that can't be stored."""
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
