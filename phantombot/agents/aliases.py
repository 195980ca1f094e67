"""Set, list and remove a channel's aliases, for people who can launch there."""

from dataclasses import dataclass

from phantombot.access.audit import AuditAction, AuditEntry, agent_label
from phantombot.access.permissions import require_agent_allowed, require_allowed
from phantombot.access.rules import Asker
from phantombot.agents.alias import MOST, Kept, ShortName, stored_as
from phantombot.agents.resolve import alias_meant, resolve_agent
from phantombot.context import Context
from phantombot.errors import (
    DecryptionError,
    EngineChosen,
    PhantombusterError,
    Refused,
    TooManyAliases,
)
from phantombot.phantombuster.api import Agent
from phantombot.text.normalize import folded


@dataclass(frozen=True)
class AliasSet:
    """An alias as it is now."""

    alias: ShortName
    before: ShortName | None
    """What the word stood for until now."""
    hides: bool
    """An agent has the same name; from now on the word means the alias."""


@dataclass(frozen=True)
class AliasList:
    """The channel's aliases, sorted by word."""

    aliases: tuple[ShortName, ...]
    agents: dict[str, str] | None
    """Current names by id; None if they aren't known."""


def set_alias(  # noqa: PLR0913 - who sets it where, and all that it stands for
    context: Context, asker: Asker, word: str, typed: str, own: Kept, *, quoted: bool
) -> AliasSet:
    """Make the word an alias for an agent in the asker's channel.

    `typed` is the agent, `own` the command and argument that were typed for the alias itself.

    Raises:
        Refused: nothing was set.
        PhantombusterError: nothing was set.
        DecryptionError: the workspace's key can't be decrypted; nothing was set.
        StoreUnavailable: nothing was set.
    """
    require_allowed(context, asker)
    key = context.keys.required(asker.workspace)
    agents = context.phantombuster.account(key).agents
    agent = resolve_agent(context, key, asker, agents, typed, quoted=quoted)
    require_agent_allowed(context, asker.workspace, agent.id, agent.name)
    kept = _inherited(context, asker, typed, own, quoted=quoted)
    if kept.command and not key.can.takes_command:
        raise EngineChosen(kept.command, of_alias=own.command is None)
    hides = any(folded(agent.name) == folded(word) for agent in agents)
    return _put(context, asker, word, agent, kept, hides=hides)


def remove_alias(context: Context, asker: Asker, word: str) -> ShortName | None:
    """Remove the alias and return it; None if there was none.

    Raises:
        NotAllowed: nothing was removed.
        StoreUnavailable: nothing was removed.
    """
    require_allowed(context, asker)
    alias = context.aliases.find(asker.workspace, asker.channel, word)
    if alias is None:
        return None
    entry = _entry(context, asker, AuditAction.ALIAS_REMOVED, alias)
    return alias if context.aliases.remove(entry, alias.word) else None


def list_aliases(context: Context, asker: Asker) -> AliasList:
    """Return the aliases of the asker's channel, with their agents' current names if known.

    Raises:
        StoreUnavailable: they can't be read.
    """
    aliases = context.aliases.of_channel(asker.workspace, asker.channel)
    if not aliases:
        return AliasList((), None)
    try:
        account = context.phantombuster.account(context.keys.required(asker.workspace))
    except (Refused, PhantombusterError, DecryptionError):
        return AliasList(tuple(aliases), None)
    return AliasList(tuple(aliases), {agent.id: agent.name for agent in account.agents})


def kept_by(context: Context, asker: Asker, alias: ShortName) -> Kept:
    """Return the alias's own command and argument.

    Raises:
        DecryptionError: they were stored under another PHANTOMBOT_SECRET.
    """
    if not alias.keeps:
        return Kept()
    return context.aliases.kept(asker.workspace, asker.channel, alias.word)


def overridden(kept: Kept, command: str | None, argument: str | None) -> Kept:
    """Return the alias's command and argument, each replaced if another was typed."""
    return Kept(command or kept.command, kept.argument if argument is None else argument)


def _inherited(context: Context, asker: Asker, typed: str, own: Kept, *, quoted: bool) -> Kept:
    """Return the new alias's command and argument: as typed, else from the alias it is set to."""
    alias = alias_meant(context, asker, typed, quoted=quoted)
    kept = kept_by(context, asker, alias) if alias is not None else Kept()
    return overridden(kept, own.command, own.argument)


def _put(  # noqa: PLR0913 - all that an alias is
    context: Context, asker: Asker, word: str, agent: Agent, kept: Kept, *, hides: bool
) -> AliasSet:
    present = context.aliases.of_channel(asker.workspace, asker.channel)
    by_word = {alias.word: alias for alias in present}
    before = next((by_word[stored] for stored in stored_as(word) if stored in by_word), None)
    if before is None and len(present) >= MOST:
        raise TooManyAliases
    keeps = kept != Kept()
    stored = folded(word) if before is None else before.word
    alias = ShortName(stored, agent.id, agent.name, asker.user, context.clock(), keeps)
    context.aliases.put(_entry(context, asker, AuditAction.ALIAS_SET, alias), alias, kept)
    return AliasSet(alias, before, hides)


def _entry(context: Context, asker: Asker, what: AuditAction, alias: ShortName) -> AuditEntry:
    agent = agent_label(alias.agent_id, alias.agent_name)
    return AuditEntry(
        asker.workspace, context.clock(), asker.user, what, agent, asker.channel, alias.word
    )
