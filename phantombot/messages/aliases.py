"""A channel's aliases, for the person who asked. An alias's argument is never shown."""

from difflib import get_close_matches

from phantombot.agents.alias import MOST, ShortName
from phantombot.agents.aliases import AliasList, AliasSet
from phantombot.messages.blocks import Message, escape, place, plain
from phantombot.messages.listing import agent_named, listing
from phantombot.text.normalize import folded

_KEEPS = "with its own command or argument"


def alias_set(done: AliasSet, channel: str = "") -> Message:
    """Confirm the alias to the person who set it; the channel is named if one is given."""
    alias, word = done.alias, escape(done.alias.word)
    keeps = f", {_KEEPS}" if alias.keeps else ""
    where = place(channel) if channel else "this channel"
    lines = [f"In {where} `{word}` now stands for {_agent(alias)}{keeps}."]
    if done.before is not None and done.before.agent_id != alias.agent_id:
        lines.append(f"Until now it stood for {_agent(done.before)}.")
    if done.hides:
        lines.append(
            f'An agent has that name too. Type it in quotes to mean the agent: `"{word}"`.'
        )
    return plain(*lines, f"Try `/phantom launch {word}`.")


def alias_removed(alias: ShortName) -> Message:
    """Confirm that the alias is removed."""
    return plain(f"In this channel `{escape(alias.word)}` no longer stands for {_agent(alias)}.")


def no_alias(typed: str, words: list[str]) -> Message:
    """Say that there is no such alias; `words` are the channel's aliases."""
    near = get_close_matches(folded(typed[:40]), words, n=1)
    hint = f"Did you mean `{escape(near[0])}`?" if near else "`/phantom alias` lists them."
    return plain(f"This channel has no alias `{escape(typed, 40)}`. {hint}")


def alias_list(found: AliasList) -> Message:
    """List all of the channel's aliases."""
    if not found.aliases:
        return plain(
            "This channel has no aliases yet. `/phantom alias leads 785` makes `leads` a short name"
            " for agent 785 here."
        )
    lines = [_line(alias, found.agents) for alias in found.aliases]
    return listing("Aliases in this channel:", lines, longest=MOST)


def _line(alias: ShortName, agents: dict[str, str] | None) -> str:
    name, gone = alias.agent_name, ""
    if agents is not None:
        name = agents.get(alias.agent_id, name)
        gone = "" if alias.agent_id in agents else "no longer in the account's list"
    parts = (agent_named(alias.agent_id, name), gone, _KEEPS if alias.keeps else "")
    said = " · ".join(filter(None, (*parts, f"set by <@{alias.user}>")))
    return f"• `{escape(alias.word)}`: {said}"


def _agent(alias: ShortName) -> str:
    return agent_named(alias.agent_id, alias.agent_name)
