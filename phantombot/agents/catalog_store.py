"""Store the agents of each workspace's account as they were last read."""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select

from phantombot.agents.agent_list import AgentList
from phantombot.database.engine import Database
from phantombot.database.read_ahead import Asked
from phantombot.database.schema import agent_lists, workspaces
from phantombot.database.upsert import upsert
from phantombot.phantombuster.api import Agent

_LEFT_OUT = ("progress", "last_end_message", "last_ended_at")
_KEPT = [field.name for field in fields(Agent) if field.name not in _LEFT_OUT]

_OF_THE_STORED_KEY = (workspaces.c.id == agent_lists.c.workspace) & (
    workspaces.c.key_at == agent_lists.c.key_at
)


def _that_counts(query: Select[Any]) -> Select[Any]:
    return query.join(workspaces, _OF_THE_STORED_KEY).where(
        agent_lists.c.workspace == bindparam("of")
    )


# Built once: building the statement takes longer than running it.
_READ_AT = _that_counts(select(agent_lists.c.read_at))
_READ = _that_counts(select(agent_lists))


@dataclass(frozen=True)
class CatalogStore:
    """Stored lists, one per workspace; valid while the key that read them is the stored one."""

    database: Database

    def read_at(self, workspace: str) -> datetime | None:
        """Return when the valid list was read, or None."""
        row = self.database.row(*self.asked(workspace))
        return row.read_at if row else None

    def asked(self, workspace: str) -> Asked:
        """Return what `read_at` asks the database, to be read ahead."""
        return _READ_AT, {"of": workspace}

    def get(self, workspace: str) -> AgentList | None:
        """Return the valid list, or None."""
        with self.database.reading() as connection:
            row = connection.execute(_READ, {"of": workspace}).one_or_none()
        try:
            return AgentList(_agents(row.agents), row.time_left, row.read_at) if row else None
        except ValueError:
            return None  # stored by another version, with other fields of an agent

    def keep(self, workspace: str, agent_list: AgentList, key_at: datetime) -> None:
        """Store or replace the list; `key_at` is when its key was stored."""
        values = {
            "key_at": key_at,
            "read_at": agent_list.read_at,
            "time_left": agent_list.time_left,
            "agents": json.dumps([[getattr(a, name) for name in _KEPT] for a in agent_list.agents]),
        }
        with self.database.writing() as connection:
            upsert(connection, agent_lists, {"workspace": workspace}, values)


def _agents(text: str) -> tuple[Agent, ...]:
    rows = (dict(zip(_KEPT, values, strict=True)) for values in json.loads(text))
    return tuple(Agent(**row, progress=None, last_end_message=None) for row in rows)
