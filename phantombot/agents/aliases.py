"""Aliases of a channel: set, listed and removed by whoever may launch there."""

from dataclasses import dataclass

from phantombot.access.audit import AuditAction, AuditEntry, agent_label
from phantombot.access.permissions import agent_denied, refusal_now
from phantombot.access.rules import Asker
from phantombot.agents.alias import MOST, Kept, ShortName, stored_as
from phantombot.agents.resolve import alias_meant, settle
from phantombot.commands.launch_line import Launch
from phantombot.context import Context
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Account, Agent
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.output import asked
from phantombot.text.normalize import folded


@dataclass(frozen=True)
class AliasSet:
    """An alias as it is now."""

    alias: ShortName
    before: ShortName | None
    """What the word stood for until now."""
    hides: bool
    """An agent is called by the same word, which means the alias from now on."""


@dataclass(frozen=True)
class Full:
    """The channel has as many aliases as it may have: nothing was set."""


@dataclass(frozen=True)
class AliasList:
    """The channel's aliases, in the order of their words."""

    aliases: tuple[ShortName, ...]
    agents: dict[str, str] | None
    """Names by id, as they are now; None where Phantombuster does not tell."""


def set_alias(
    context: Context, asker: Asker, word: str, launch: Launch
) -> AliasSet | Full | Ending:
    """Let the word stand for the agent in the asker's channel; an Ending where it cannot.

    Raises:
        StoreUnavailable: nothing was set.
    """

    def ask(key: ApiKey) -> AliasSet | Full | Ending:
        agents = context.phantombuster.account(key).agents
        agent = settle(context, key, asker, agents, launch.agent, quoted=launch.quoted)
        if isinstance(agent, Ending):
            return agent
        denial = agent_denied(context, asker.workspace, agent.id, agent.name)
        if denial is not None:
            return Ending(Kind.NOT_ALLOWED, cause=denial)
        kept = _inherited(context, asker, launch)
        hides = any(folded(agent.name) == folded(word) for agent in agents)
        return _put(context, asker, word, agent, kept, hides=hides)

    refusal = refusal_now(context, asker)
    return asked(context, asker.workspace, ask) if refusal is None else refusal


def remove_alias(context: Context, asker: Asker, word: str) -> ShortName | Ending | None:
    """Take the alias away, and tell what it stood for; None where there was none.

    Raises:
        StoreUnavailable: nothing was removed.
    """
    refusal = refusal_now(context, asker)
    if refusal is not None:
        return refusal
    alias = context.aliases.find(asker.workspace, asker.channel, word)
    if alias is None:
        return None
    deed = _deed(context, asker, AuditAction.ALIAS_REMOVED, alias)
    return alias if context.aliases.remove(deed, alias.word) else None


def list_aliases(context: Context, asker: Asker) -> AliasList:
    """The aliases of the asker's channel, with the present names of their agents if possible.

    Raises:
        StoreUnavailable: they cannot be read.
    """
    aliases = context.aliases.of_channel(asker.workspace, asker.channel)
    if not aliases:
        return AliasList((), None)
    account = asked(context, asker.workspace, context.phantombuster.account)
    agents = account.agents if isinstance(account, Account) else None
    names = None if agents is None else {agent.id: agent.name for agent in agents}
    return AliasList(tuple(aliases), names)


def kept_by(context: Context, asker: Asker, alias: ShortName) -> Kept:
    """The command and argument that the alias has of its own.

    Raises:
        SealBroken: they were stored under another PHANTOMBOT_SECRET.
    """
    if not alias.keeps:
        return Kept()
    return context.aliases.kept(asker.workspace, asker.channel, alias.word)


def overridden(kept: Kept, command: str | None, argument: str | None) -> Kept:
    """What was typed stands in the place of what an alias keeps, each for itself."""
    return Kept(command or kept.command, kept.argument if argument is None else argument)


def _inherited(context: Context, asker: Asker, launch: Launch) -> Kept:
    """An alias of an alias keeps what that one does, unless it is given its own."""
    alias = alias_meant(context, asker, launch.agent, quoted=launch.quoted)
    kept = kept_by(context, asker, alias) if alias is not None else Kept()
    return overridden(kept, launch.command, launch.argument)


def _put(  # noqa: PLR0913 - all that an alias is
    context: Context, asker: Asker, word: str, agent: Agent, kept: Kept, *, hides: bool
) -> AliasSet | Full:
    present = context.aliases.of_channel(asker.workspace, asker.channel)
    by_word = {alias.word: alias for alias in present}
    before = next((by_word[stored] for stored in stored_as(word) if stored in by_word), None)
    if before is None and len(present) >= MOST:
        return Full()
    keeps = kept != Kept()
    stored = folded(word) if before is None else before.word
    alias = ShortName(stored, agent.id, agent.name, asker.user, context.clock(), keeps)
    context.aliases.put(_deed(context, asker, AuditAction.ALIAS_SET, alias), alias, kept)
    return AliasSet(alias, before, hides)


def _deed(context: Context, asker: Asker, what: AuditAction, alias: ShortName) -> AuditEntry:
    agent = agent_label(alias.agent_id, alias.agent_name)
    return AuditEntry(
        asker.workspace, context.clock(), asker.user, what, agent, asker.channel, alias.word
    )
