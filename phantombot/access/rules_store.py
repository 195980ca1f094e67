"""Store the access rules, one row per workspace whose admins set some."""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, select, update

from phantombot.access.audit import AuditEntry
from phantombot.access.audit_store import note_within
from phantombot.access.rules import DEFAULT, Rules
from phantombot.database.engine import Database
from phantombot.database.schema import access
from phantombot.database.upsert import insert_if_absent

# Built once: building the statement takes longer than running it.
_READ = select(access.c.rules, access.c.version).where(access.c.workspace == bindparam("of"))


@dataclass(frozen=True)
class KeptRules:
    """Rules and their version, which goes up with each change; 0 if none were ever set."""

    rules: Rules
    version: int


@dataclass(frozen=True)
class Access:
    """Access rules by workspace. Every method raises StoreUnavailable."""

    database: Database

    def rules(self, workspace: str) -> Rules:
        """Return the workspace's rules, or the default."""
        return self.read(workspace).rules

    def read(self, workspace: str) -> KeptRules:
        """Return the workspace's rules with their version."""
        row = self.database.row(_READ, {"of": workspace})
        return KeptRules(Rules(**json.loads(row.rules)), row.version) if row else _NEVER_SET

    def change(self, kept: KeptRules, entry: AuditEntry) -> bool:
        """Replace the rules of the given version, and add `entry` to the audit trail.

        Return False, and store nothing, if they were changed meanwhile.
        """
        with self.database.writing() as connection:
            changed = _write(connection, entry.workspace, kept)
            if changed:
                note_within(connection, entry)
            return changed


def _write(connection: Connection, workspace: str, kept: KeptRules) -> bool:
    values = {"rules": json.dumps(asdict(kept.rules)), "version": kept.version + 1}
    if kept.version == 0:
        return insert_if_absent(connection, access, {"workspace": workspace}, values)
    mine = (access.c.workspace == workspace, access.c.version == kept.version)
    return connection.execute(update(access).where(*mine).values(values)).rowcount > 0


_NEVER_SET = KeptRules(DEFAULT, 0)
