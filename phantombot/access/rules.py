"""Who may do what in a workspace: rules and a person in, a verdict out. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from phantombot.text.normalize import folded


class Who(StrEnum):
    """Who may launch and stop."""

    EVERYONE = "everyone"
    ADMINS = "admins"
    NAMED = "named"
    """Named people and the members of named user groups."""


@dataclass(frozen=True)
class Rules:
    """What a workspace's admins set. Ids are Slack's; as it is made, nothing is set."""

    who: Who = Who.EVERYONE
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    """Where agents may be launched and stopped; everywhere if none is named."""
    agents: tuple[str, ...] = ()
    """Ids or whole names of those that may be launched and stopped; all if none is named."""
    guests: bool = False
    """Guests count as members."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "who", Who(self.who))
        for name in ("users", "groups", "channels", "agents"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


DEFAULT = Rules()


@dataclass(frozen=True)
class Person:
    """What Slack says of a user, as seen from one workspace."""

    admin: bool = False
    """Admin or owner."""
    guest: bool = False
    """Of one channel or of several."""
    stranger: bool = False
    """Of another workspace: Slack Connect shares channels with those."""


@dataclass(frozen=True)
class Asker:
    """Who asks for something, and where: Slack's ids."""

    workspace: str
    user: str
    channel: str


class Denial(StrEnum):
    """Why somebody may not."""

    STRANGER = "stranger"
    GUEST = "guest"
    NOT_ADMIN = "not an admin"
    NOT_NAMED = "not named"
    CHANNEL = "channel"
    AGENT = "agent"
    UNKNOWN = "unknown"
    """Slack does not say who it is."""


def may_read(rules: Rules, person: Person) -> Denial | None:
    """Why a person may not see what goes on; None where they may."""
    if person.stranger:
        return Denial.STRANGER
    return Denial.GUEST if person.guest and not rules.guests else None


def may_act(
    rules: Rules, person: Person, asker: Asker, groups: frozenset[str] = frozenset()
) -> Denial | None:
    """Why a person may launch and stop nothing there; None where they may.

    `groups` are those of the rules' user groups that the person is in.
    """
    denial = may_read(rules, person) or _may_act_at_all(rules, person, asker.user, groups)
    if denial is None and rules.channels and asker.channel not in rules.channels:
        return Denial.CHANNEL
    return denial


def may_be_used(rules: Rules, agent_id: str, name: str) -> Denial | None:
    """Why an agent may be neither launched nor stopped; None where it may."""
    return None if usable(rules)(agent_id, name) else Denial.AGENT


def usable(rules: Rules) -> Callable[[str, str], bool]:
    """Tells of each of many agents, by id and name, whether it may be launched and stopped."""
    named = {folded(entry) for entry in rules.agents} - {""}

    def may_be_used(agent_id: str, name: str) -> bool:
        return not rules.agents or agent_id in named or folded(name) in named

    return may_be_used


def hangs_on_groups(rules: Rules, person: Person, user: str) -> bool:
    """Whether it takes the members of the rules' user groups to decide."""
    named = rules.who is Who.NAMED and bool(rules.groups)
    return named and not person.admin and user not in rules.users and not may_read(rules, person)


def _may_act_at_all(
    rules: Rules, person: Person, user: str, groups: frozenset[str]
) -> Denial | None:
    """Admins may in any case, as whoever changes the rules does."""
    if rules.who is Who.EVERYONE or person.admin:
        return None
    if rules.who is Who.ADMINS:
        return Denial.NOT_ADMIN
    named = user in rules.users or not groups.isdisjoint(rules.groups)
    return None if named else Denial.NOT_NAMED
