"""Access rules: decide what a person can do in a workspace. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from phantombot.text.normalize import folded


class Who(StrEnum):
    """People who can launch and stop."""

    EVERYONE = "everyone"
    ADMINS = "admins"
    NAMED = "named"
    """Named people and the members of named user groups."""


@dataclass(frozen=True)
class Rules:
    """Rules that a workspace's admins set, by Slack's ids; the defaults restrict nothing."""

    who: Who = Who.EVERYONE
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    """Channels in which agents can be launched and stopped; empty means all."""
    agents: tuple[str, ...] = ()
    """Ids or full names of the agents that can be launched and stopped; empty means all."""
    guests: bool = False
    """Guests have the rights of members."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "who", Who(self.who))
        for name in ("users", "groups", "channels", "agents"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


DEFAULT = Rules()


@dataclass(frozen=True)
class Person:
    """A Slack user's role in one workspace."""

    admin: bool = False
    """Admin or owner."""
    guest: bool = False
    """Single-channel or multi-channel guest."""
    stranger: bool = False
    """Member of another workspace, in a channel shared by Slack Connect."""
    deactivated: bool = False
    bot: bool = False
    # The fields below decide nothing, so they are left out of the comparison.
    name: str = field(default="", compare=False)
    """Untrusted text; empty if Slack gives none."""
    handle: str = field(default="", compare=False)
    """The name by which a slash command mentions them; untrusted text too."""
    utc_offset: timedelta | None = field(default=None, compare=False)
    """How far their clock is ahead of UTC now; None if Slack doesn't say."""


@dataclass(frozen=True)
class Asker:
    """A person who asks for something, and where: Slack's ids."""

    workspace: str
    user: str
    channel: str


class Denial(StrEnum):
    """Reason why somebody isn't allowed."""

    STRANGER = "stranger"
    GUEST = "guest"
    DEACTIVATED = "deactivated"
    BOT = "bot"
    NOT_ADMIN = "not an admin"
    NOT_NAMED = "not named"
    CHANNEL = "channel"
    AGENT = "agent"
    UNKNOWN = "unknown"
    """Slack doesn't say who it is."""
    SCOPE = "scope"
    """The app has no scope to ask Slack who it is."""


UNCHECKED = frozenset({Denial.UNKNOWN, Denial.SCOPE})
"""Reasons that say nothing about the person: they may be allowed once Slack answers."""


def may_read(rules: Rules, person: Person) -> Denial | None:
    """Return why a person can't see runs and results; None if they can."""
    if person.stranger:
        return Denial.STRANGER
    if person.deactivated:
        return Denial.DEACTIVATED
    if person.bot:
        return Denial.BOT
    return Denial.GUEST if person.guest and not rules.guests else None


def may_act(
    rules: Rules, person: Person, asker: Asker, groups: frozenset[str] = frozenset()
) -> Denial | None:
    """Return why a person can't launch and stop there; None if they can.

    `groups` are the rules' user groups that the person is in.
    """
    denial = may_read(rules, person) or _may_act_at_all(rules, person, asker.user, groups)
    if denial is None and rules.channels and asker.channel not in rules.channels:
        return Denial.CHANNEL
    return denial


def may_be_used(rules: Rules, agent_id: str, name: str) -> Denial | None:
    """Return why an agent can't be launched or stopped; None if it can."""
    return None if usable(rules)(agent_id, name) else Denial.AGENT


def usable(rules: Rules) -> Callable[[str, str], bool]:
    """Return a function that takes an id and a name, and returns whether that agent can be used."""
    named = {folded(entry) for entry in rules.agents} - {""}

    def may_be_used(agent_id: str, name: str) -> bool:
        return not rules.agents or agent_id in named or folded(name) in named

    return may_be_used


def hangs_on_groups(rules: Rules, person: Person, user: str) -> bool:
    """Return whether the decision depends on the members of the rules' user groups."""
    named = rules.who is Who.NAMED and bool(rules.groups)
    return named and not person.admin and user not in rules.users and not may_read(rules, person)


def _may_act_at_all(
    rules: Rules, person: Person, user: str, groups: frozenset[str]
) -> Denial | None:
    """Return why a person can't act in any channel; admins always can, since they set the rules."""
    if rules.who is Who.EVERYONE or person.admin:
        return None
    if rules.who is Who.ADMINS:
        return Denial.NOT_ADMIN
    named = user in rules.users or not groups.isdisjoint(rules.groups)
    return None if named else Denial.NOT_NAMED
