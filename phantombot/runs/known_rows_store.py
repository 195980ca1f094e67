"""What is kept of the last results of each agent: one row for each argument it was given."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select

from phantombot.database.schema import known_rows as table
from phantombot.database.upsert import upsert
from phantombot.database.vault import Vault
from phantombot.runs.known_rows import KeptRows, KnownRows
from phantombot.runs.model import Run

ARGUMENTS = 5
"""Results of an agent that are kept, each of another argument: the oldest makes room."""


@dataclass(frozen=True)
class LaunchKept:
    """Which result is meant. `digest` is the vault's, of the argument."""

    workspace: str
    agent_id: str
    digest: str

    @property
    def of_agent(self) -> ColumnElement[bool]:
        """The rows of its agent."""
        return (table.c.workspace == self.workspace) & (table.c.agent_id == self.agent_id)


def launch_of(vault: Vault, run: Run, argument: str | None) -> LaunchKept:
    """The launch that a run is of: launches of one agent with one argument are the same."""
    digest = vault.digest(run.workspace, run.agent_id, argument)
    return LaunchKept(run.workspace, run.agent_id or "", digest)


def kept(connection: Connection, vault: Vault, launch: LaunchKept) -> KeptRows | None:
    """What is kept of it.

    Raises:
        DecryptionError: it was stored under another PHANTOMBOT_SECRET.
    """
    query = select(table.c.rows, table.c.at).where(launch.of_agent, table.c.launch == launch.digest)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return KeptRows(KnownRows(**json.loads(vault.open(launch.workspace, row.rows))), row.at)


def keep_within(connection: Connection, vault: Vault, launch: LaunchKept, result: KeptRows) -> None:
    """Keep it instead of the one before, in the transaction of the connection."""
    sealed = vault.seal(launch.workspace, json.dumps(asdict(result.rows)))
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
    """Delete what is kept of runs that ended before then."""
    connection.execute(delete(table).where(table.c.at < before))
