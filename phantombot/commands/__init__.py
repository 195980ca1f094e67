"""The registry: each subcommand, in the order of help and README."""

from collections.abc import Mapping
from typing import Any

from phantombot.commands.admin import ACCESS, AUDIT, DOCTOR
from phantombot.commands.alias import UNALIAS, alias_subcommand
from phantombot.commands.help import help_subcommand
from phantombot.commands.key import KEY
from phantombot.commands.launch import LAUNCH
from phantombot.commands.mute import MUTE
from phantombot.commands.notify import NOTIFY
from phantombot.commands.output import OUTPUT
from phantombot.commands.runs import RUNS
from phantombot.commands.spec import Action, CommandSpec, Subcommand
from phantombot.commands.status import AGENTS, STATUS
from phantombot.commands.stop import STOP
from phantombot.commands.watch import UNWATCH, WATCH, WATCHES


def specs() -> tuple[CommandSpec, ...]:
    """Return the spec of each subcommand."""
    return tuple(subcommand.spec for subcommand in REGISTRY)


def names() -> tuple[str, ...]:
    """Return the name of each subcommand."""
    return tuple(spec.name for spec in specs())


REGISTRY: tuple[Subcommand, ...] = (
    LAUNCH,
    STATUS,
    OUTPUT,
    STOP,
    AGENTS,
    RUNS,
    alias_subcommand(names),
    UNALIAS,
    WATCH,
    UNWATCH,
    WATCHES,
    MUTE,
    NOTIFY,
    KEY,
    ACCESS,
    AUDIT,
    DOCTOR,
    help_subcommand(specs),
)
ACTIONS: Mapping[type, Action[Any]] = {
    kind: action for subcommand in REGISTRY for kind, action in subcommand.actions.items()
}
"""Actions by the class of the parsed command."""
