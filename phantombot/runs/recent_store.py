"""Read lists of runs from the database: the latest, filtered ones, and their launchers."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from phantombot.database.engine import Database
from phantombot.database.schema import runs
from phantombot.runs.ending import Kind
from phantombot.runs.model import Run
from phantombot.runs.selection import EVERYTHING, Selection
from phantombot.runs.store_rows import run_of

_FAILED = (Kind.FAILED, Kind.LAUNCH_FAILED, Kind.TIMED_OUT, Kind.REFUSED)
"""What the filter `failed` means: a run that was stopped or cancelled didn't fail."""
_MOST = 2_000
"""Maximum agents, or launchers, that are searched for a typed one."""


@dataclass(frozen=True)
class RecentRuns:
    """Lists of runs, newest first. Every method raises StoreUnavailable."""

    database: Database

    def recent(self, workspace: str, limit: int, selection: Selection = EVERYTHING) -> list[Run]:
        """Return the latest runs of the selection that were launched from the workspace.

        Runs without an agent were typing mistakes, which only their launcher saw.
        """
        chosen = [runs.c.workspace == workspace, runs.c.agent_id.is_not(None)]
        if selection.agent_id:
            chosen.append(runs.c.agent_id == selection.agent_id)
        if selection.user:
            chosen.append(runs.c.user == selection.user)
        if selection.since is not None:
            chosen.append(runs.c.created_at >= selection.since)
        if selection.failed:
            # A run that awaits an answer may have an ending, but hasn't ended.
            chosen.append(runs.c.ended_at.is_not(None))
            chosen.append(or_(*(runs.c.ending.contains(f'"kind": "{kind}"') for kind in _FAILED)))
        newest = (runs.c.created_at.desc(), runs.c.id.desc())
        return self._read(select(runs).where(*chosen).order_by(*newest).limit(limit))

    def of_agent(self, workspace: str, agent_id: str, limit: int) -> list[Run]:
        """Return the agent's runs that were launched from the workspace."""
        return self.recent(workspace, limit, Selection(agent_id=agent_id))

    def of_container(self, workspace: str, agent_id: str, container_id: str) -> Run | None:
        """Return the run that was launched from the workspace and ran in that container."""
        found = self._read(
            select(runs).where(
                runs.c.workspace == workspace,
                runs.c.agent_id == agent_id,
                runs.c.container_id == container_id,
            )
        )
        return found[0] if found else None

    def last_of_each(self, workspace: str, agent_ids: Collection[str]) -> dict[str, Run]:
        """Return each agent's last ended run that was launched from the workspace."""
        newest = (
            select(func.max(runs.c.id))
            .where(
                runs.c.workspace == workspace,
                runs.c.agent_id.in_(agent_ids),
                runs.c.ended_at.is_not(None),
                or_(runs.c.container_id.is_not(None), runs.c.launch_number.is_not(None)),
            )
            .group_by(runs.c.agent_id)
        )
        found = self._read(select(runs).where(runs.c.id.in_(newest)))
        return {run.agent_id: run for run in found if run.agent_id is not None}

    def launchers(self, workspace: str) -> dict[str, str]:
        """Return everybody who launched anything, with their names if known, the latest first."""
        return self._each_with_name(workspace, runs.c.user, runs.c.user_name)

    def agents_launched(self, workspace: str) -> dict[str, str]:
        """Return the agents that were launched, with their latest names, the latest first."""
        return self._each_with_name(workspace, runs.c.agent_id, runs.c.agent_name)

    def _each_with_name(self, workspace: str, each: Any, name: Any) -> dict[str, str]:
        query = (
            select(each, name)
            .where(runs.c.workspace == workspace, runs.c.agent_id.is_not(None))
            .group_by(each, name)
            .order_by(func.max(runs.c.id).desc())
            .limit(_MOST)
        )
        named: dict[str, str] = {}
        with self.database.reading() as connection:
            for one, called in connection.execute(query):
                named[one] = named.get(one) or called or ""
        return named

    def _read(self, query: Select[Any], **given: Any) -> list[Run]:
        with self.database.reading() as connection:
            rows = connection.execute(query, given).mappings().all()
        return [run_of(row) for row in rows]
