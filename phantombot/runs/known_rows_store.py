"""Store digests of each agent's last results, one row per argument."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select

from phantombot.database.schema import known_rows as table
from phantombot.database.upsert import upsert
from phantombot.database.vault import Place, Vault
from phantombot.runs.known_rows import KeptRows, KnownRows
from phantombot.runs.model import Run

ARGUMENTS = 5
"""Maximum results kept of an agent, one per argument; the oldest is deleted."""


@dataclass(frozen=True)
class LaunchKept:
    """An agent and argument whose result is stored. `digest` is the vault's, of the argument."""

    workspace: str
    agent_id: str
    digest: str

    @property
    def place(self) -> Place:
        """Return where its result is stored."""
        return Place(self.workspace, "known_rows.rows", (self.agent_id, self.digest))

    @property
    def of_agent(self) -> ColumnElement[bool]:
        """Return the condition that selects the agent's rows."""
        return (table.c.workspace == self.workspace) & (table.c.agent_id == self.agent_id)


def launch_of(vault: Vault, run: Run, argument: str | None) -> LaunchKept:
    """Return the key under which a run's result is stored: its agent and argument."""
    digest = vault.digest(run.workspace, run.agent_id, argument)
    return LaunchKept(run.workspace, run.agent_id or "", digest)


def kept(connection: Connection, vault: Vault, launch: LaunchKept) -> KeptRows | None:
    """Return what is stored of the launch's last result, or None.

    Raises:
        DecryptionError: it was stored under another PHANTOMBOT_SECRET.
    """
    query = select(table.c.rows, table.c.at).where(launch.of_agent, table.c.launch == launch.digest)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return KeptRows(KnownRows(**json.loads(vault.open(launch.place, row.rows))), row.at)


def keep_within(connection: Connection, vault: Vault, launch: LaunchKept, result: KeptRows) -> None:
    """Store or replace a result, in the connection's transaction."""
    sealed = vault.seal(launch.place, json.dumps(asdict(result.rows)))
    keys = {
        "workspace": launch.workspace,
        "agent_id": launch.agent_id,
        "launch": launch.digest,
    }
    upsert(connection, table, keys, {"rows": sealed, "at": result.at})
    newest = (
        select(table.c.launch).where(launch.of_agent).order_by(table.c.at.desc()).limit(ARGUMENTS)
    )
    connection.execute(delete(table).where(launch.of_agent, table.c.launch.not_in(newest)))


def forget_within(connection: Connection, before: datetime) -> None:
    """Delete what is stored for runs that ended before then."""
    connection.execute(delete(table).where(table.c.at < before))
