"""Find the agent that the user means by what they typed. Pure."""

import re
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from functools import cache, lru_cache, partial

from phantombot.errors import AgentAmbiguous, AgentUnknown, Refused
from phantombot.phantombuster.api import Agent
from phantombot.text.normalize import folded, in_ascii_digits
from phantombot.text.tokens import each_word, like_engine

_LIKE = 0.6
SUGGESTIONS = 5
"""How many agents are suggested if several match."""
_NUMBERED = re.compile(r".*\(([0-9]{1,18})\)", re.DOTALL)
_READ = 80
"""How much of the typed text is compared: no name is longer, and comparing takes time."""


# An account's names are compared for each line that is typed.
_folded_name = lru_cache(maxsize=10_000)(folded)


def find_agent(typed: str, agents: Sequence[Agent], *, quoted: bool = False) -> Agent:
    """Return the agent that is meant: by id, by name, or by a unique beginning of a name.

    Raises:
        AgentUnknown: none is meant; or no id is that number, even if a name begins with it, since
            it may be a deleted agent's id. The caller can try it all the same.
        AgentAmbiguous: several may be meant.
    """
    if is_id(typed, quoted=quoted):
        listed = next((agent for agent in agents if agent.id == typed), None)
        if listed is None:
            raise AgentUnknown(nearest(typed, agents))
        return listed
    wanted = folded(typed)
    names = [(agent, _folded_name(agent.name)) for agent in agents] if wanted else []
    by_name = [agent for agent, name in names if name == wanted]
    by_beginning = [agent for agent, name in names if name.startswith(wanted)]
    for found in (by_name, by_beginning):
        if len(found) == 1:
            return found[0]
        if found:
            raise AgentAmbiguous(_named(found))
    raise AgentUnknown(nearest(typed, agents))


def entry_meant(entry: str, agents: Sequence[Agent], kept: Collection[str]) -> str:
    """Return the id of the agent that a line of a list names: by id, by name, or as `Name (id)`.

    A line that is `kept`, because it is in the list already, stays even if it names no agent any
    more.

    Raises:
        AgentUnknown: none is meant.
        AgentAmbiguous: several may be meant.
    """
    numbered = _NUMBERED.fullmatch(entry)
    tries = [entry, *([numbered[1]] if numbered else [])]
    for typed in tries:
        with suppress(Refused):
            return find_agent(typed, agents).id
    before = {folded(one): one for one in kept}
    for typed in tries:
        if folded(typed) in before:
            return before[folded(typed)]
    return find_agent(entry, agents).id


def is_id(typed: str, *, quoted: bool) -> bool:
    """Return whether it can be an agent's id: digits without quotes. In quotes it is a name."""
    return typed.isascii() and typed.isdigit() and not quoted


def stray_command(typed: str, agents: Sequence[Agent]) -> tuple[str, str] | None:
    """Return the agent, and the mistyped command that follows it, if that is how to read `typed`.

    `typed` as a whole names no agent. All but its last word must be an id, or the name of one
    agent. If they are only the beginning of a name, the last word must also resemble a command,
    since it may be a mistyped part of the name.
    """
    *named, last = each_word(typed) or [""]
    agent = in_ascii_digits(" ".join(named))
    if is_id(agent, quoted=False):
        return agent, last
    try:
        found = find_agent(agent, agents)
    except Refused:
        return None
    meant = folded(found.name) == folded(agent) or like_engine(last)
    return (agent, last) if meant else None


def nearest(typed: str, agents: Sequence[Agent]) -> tuple[tuple[str, str], ...]:
    """Return ids and names of the agents that may have been meant, closest first."""
    wanted = folded(typed)[:_READ]
    alike = cache(partial(_alike, SequenceMatcher(b=wanted)))
    likeness = {agent.id: _likeness(wanted, agent, alike) for agent in agents}
    close = [agent for agent in agents if likeness[agent.id] >= _LIKE]
    close.sort(key=lambda agent: -likeness[agent.id])
    return _named(close)


def _likeness(wanted: str, agent: Agent, alike: Callable[[str], float]) -> float:
    name = _folded_name(agent.name)
    if wanted in name:
        return 1.0
    return max(map(alike, (name, agent.id, *name.split())))


def _alike(matcher: SequenceMatcher[str], text: str) -> float:
    """Return how similar the text is to the matcher's, 0..1; 0 if it is certainly too different.

    Comparing lengths and letters first rules most texts out, which makes it ten times as fast among
    2,000 agents.
    """
    matcher.set_seq1(text)
    if matcher.real_quick_ratio() < _LIKE or matcher.quick_ratio() < _LIKE:
        return 0.0
    return matcher.ratio()


def _named(agents: Sequence[Agent]) -> tuple[tuple[str, str], ...]:
    return tuple((agent.id, agent.name) for agent in agents[:SUGGESTIONS])
