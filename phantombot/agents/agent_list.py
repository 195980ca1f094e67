"""An account's list of agents, and searching it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from phantombot.access.rules import Rules, usable
from phantombot.phantombuster.api import Account, Agent
from phantombot.text.normalize import folded


@dataclass(frozen=True)
class AgentList:
    """All agents of one account by name; `time_left` is execution time in seconds.

    Labels and end messages, which a script writes, are left out: they can be secret.
    """

    agents: tuple[Agent, ...]
    time_left: int | None
    read_at: datetime

    def agent(self, agent_id: str) -> Agent | None:
        """Return the agent of that id, or None."""
        return self._by_id.get(agent_id)

    def found(self, typed: str, rules: Rules) -> Iterator[Agent]:
        """Yield the agents that match `typed` and that `rules` allow, best match first."""
        wanted, may_be_used = folded(typed), usable(rules)
        ranked = (
            (rank, place)
            for place, (agent, name) in enumerate(zip(self.agents, self._names, strict=True))
            if (rank := _rank(wanted, agent.id, name)) is not None
        )
        # Agents of the same rank keep their order by name.
        agents = (self.agents[place] for _, place in sorted(ranked))
        return (agent for agent in agents if may_be_used(agent.id, agent.name))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(folded(agent.name) for agent in self.agents)

    @cached_property
    def _by_id(self) -> dict[str, Agent]:
        return {agent.id: agent for agent in self.agents}


def agent_list_of(account: Account, read_at: datetime) -> AgentList:
    """Return the account's agents, without the fields that aren't stored."""
    kept = (
        replace(agent, progress=None, last_end_message=None, last_ended_at=None)
        for agent in account.agents
    )
    by_name = sorted(kept, key=lambda agent: (folded(agent.name), agent.id))
    return AgentList(tuple(by_name), account.time_left, read_at)


def _rank(wanted: str, agent_id: str, name: str) -> int | None:
    """Return the rank of a match, 0 the best; None if it doesn't match."""
    if not wanted:
        return 0
    if wanted in (agent_id, name):
        return 0
    if name.startswith(wanted) or agent_id.startswith(wanted):
        return 1
    if f" {wanted}" in name:
        return 2
    if wanted in name:
        return 3
    return 4 if all(word in name for word in wanted.split()) else None
