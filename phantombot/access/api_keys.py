"""Store each workspace's Phantombuster API key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    select,
    update,
)

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.audit_store import note_within
from phantombot.database.engine import Database
from phantombot.database.read_ahead import Asked
from phantombot.database.schema import agent_lists, workspaces
from phantombot.database.upsert import insert_if_absent, upsert
from phantombot.database.vault import Place, Vault
from phantombot.errors import NoKey
from phantombot.phantombuster.account import (
    HINT_LENGTH,
    UNKNOWN,
    Api,
    ApiKey,
    Dialect,
    KeyNote,
    Org,
    read_dialect,
    read_org,
)

_ROW = select(workspaces).where(workspaces.c.id == bindparam("of"))  # built once, run often


@dataclass(frozen=True)
class ApiKeys:
    """API keys by workspace, encrypted at rest."""

    database: Database
    vault: Vault

    def key(self, workspace: str) -> ApiKey | None:
        """Return the workspace's Phantombuster API key, or None.

        Raises:
            DecryptionError: it was stored under another PHANTOMBOT_SECRET.
        """
        row = self._row(workspace)
        if row is None or not row.api_key:
            return None
        return ApiKey(
            value=self.vault.open(_place(workspace), row.api_key),
            workspace=workspace,
            dialect=read_dialect(row.dialect),
            stored_at=row.key_at,
            api=_api(row),
            org=read_org(row.org),
        )

    def asked(self, workspace: str) -> Asked:
        """Return what `key` asks the database, to be read ahead."""
        return _ROW, {"of": workspace}

    def with_key(self) -> list[str]:
        """Return the workspaces that have stored a key."""
        query = select(workspaces.c.id).where(workspaces.c.api_key.is_not(None))
        with self.database.reading() as connection:
            return list(connection.execute(query.order_by(workspaces.c.id)).scalars())

    def required(self, workspace: str) -> ApiKey:
        """Return the stored key.

        Raises:
            NoKey: there is none.
            DecryptionError: it can't be decrypted.
        """
        key = self.key(workspace)
        if key is None:
            raise NoKey
        return key

    def key_note(self, workspace: str) -> KeyNote | None:
        """Return what can be shown of the stored key, or None."""
        row = self._row(workspace)
        if not row or not row.api_key:
            return None
        api = _api(row)
        return KeyNote(
            hint=row.key_hint,
            stored_by=row.key_by,
            stored_at=row.key_at,
            api=api,
            can_move=api is Api.V1 and row.org is not None,
        )

    def store_key(  # noqa: PLR0913 - the key, and what was found out of its account
        self,
        workspace: str,
        key: str,
        *,
        by: str,
        at: datetime,
        dialect: Dialect = UNKNOWN,
        api: Api = Api.V1,
        org: Org | None = None,
    ) -> None:
        """Store or replace a key that was checked before; record it in the audit trail."""
        values = self._columns(ApiKey(key, workspace, dialect, api=api, org=org), by, at)
        with self.database.writing() as connection:
            upsert(connection, workspaces, {"id": workspace}, values)
            note_within(connection, AuditEntry(workspace, at, by, AuditAction.KEY_STORED))

    def replace_key(self, before: KeyNote | None, key: ApiKey, *, by: str, at: datetime) -> bool:
        """Store a key as `store_key` does, unless the stored key changed meanwhile.

        Return False, and store nothing, if it did.
        """
        with self.database.writing() as connection:
            if not _replaced(connection, key.workspace, before, self._columns(key, by, at)):
                return False
            note_within(connection, AuditEntry(key.workspace, at, by, AuditAction.KEY_STORED))
            return True

    def learn_dialect(self, key: ApiKey) -> None:
        """Store the request format that the server of the key's account accepts.

        Nothing is stored if the key was replaced or removed meanwhile.
        """
        with self.database.writing() as connection:
            connection.execute(
                update(workspaces).where(*_is(key)).values(dialect=key.dialect.dumped())
            )

    def note_v2(self, key: ApiKey) -> None:
        """Note that the account answers in v2 too, so the key can be moved to it.

        Nothing is stored if the key was replaced or removed meanwhile.
        """
        with self.database.writing() as connection:
            connection.execute(
                update(workspaces).where(*_is(key)).values(org=(key.org or Org("")).dumped())
            )

    def move_to_v2(self, key: ApiKey, entry: AuditEntry) -> bool:
        """Use v2 with the key from now on, and add `entry` to the audit trail.

        Return False if the key uses v2 already, or was replaced or removed meanwhile.
        """
        is_of_v1 = workspaces.c.api.is_distinct_from(Api.V2.value)
        with self.database.writing() as connection:
            changed = connection.execute(
                update(workspaces)
                .where(*_is(key), is_of_v1)
                .values(api=Api.V2.value, org=key.org.dumped() if key.org else None)
            )
            if changed.rowcount:
                note_within(connection, entry)
            return changed.rowcount > 0

    def remove_key(
        self, workspace: str, entry: AuditEntry | None = None, *, meant: KeyNote | None = None
    ) -> bool:
        """Delete the key and add `entry` to the audit trail; return False if there was no key.

        With `meant`, delete the key only if it is that one.
        """
        stored = [workspaces.c.id == workspace, workspaces.c.api_key.is_not(None)]
        if meant is not None:
            stored.append(workspaces.c.key_at == meant.stored_at)
        with self.database.writing() as connection:
            changed = connection.execute(
                update(workspaces).where(*stored).values(dict.fromkeys(_OF_A_KEY))
            )
            if not changed.rowcount:
                return False
            connection.execute(delete(agent_lists).where(agent_lists.c.workspace == workspace))
            if entry is not None:
                note_within(connection, entry)
            return True

    def key_owner(self, workspace: str) -> str | None:
        """Return Slack's id of the admin who stored the key."""
        row = self._row(workspace)
        return row.key_by if row else None

    def claim_alert(self, workspace: str) -> str | None:
        """Claim alerting the admin who stored the key; return their Slack id.

        Return None if they were alerted already, or another process has claimed it.
        """
        unalerted = workspaces.c.keeper_alerted.is_not(True)
        with self.database.writing() as connection:
            claimed = connection.execute(
                update(workspaces)
                .where(workspaces.c.id == workspace, unalerted)
                .values(keeper_alerted=True)
                .returning(workspaces.c.key_by)
            ).one_or_none()
        return claimed.key_by if claimed else None

    def withdraw_alert(self, workspace: str) -> None:
        """Withdraw a claim, so that the admin is alerted later; Slack couldn't be reached."""
        with self.database.writing() as connection:
            connection.execute(
                update(workspaces).where(workspaces.c.id == workspace).values(keeper_alerted=False)
            )

    def _columns(self, key: ApiKey, by: str, at: datetime) -> dict[str, Any]:
        return {
            "api_key": self.vault.seal(_place(key.workspace), key.value),
            "key_hint": key.value[-HINT_LENGTH:],
            "dialect": key.dialect.dumped(),
            "api": key.api.value,
            "org": key.org.dumped() if key.org else None,
            "key_by": by,
            "key_at": at,
            "keeper_alerted": False,
        }

    def _row(self, workspace: str) -> Row[Any] | None:
        return self.database.row(*self.asked(workspace))


_OF_A_KEY = ("api_key", "key_hint", "key_by", "key_at", "dialect", "api", "org")
"""The columns that are emptied when the key is removed."""


def _is(key: ApiKey) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which this very key is still stored."""
    return (
        workspaces.c.id == key.workspace,
        workspaces.c.api_key.is_not(None),
        workspaces.c.key_at == key.stored_at,
    )


def _api(row: Row[Any]) -> Api:
    return Api(row.api or Api.V1)


def _replaced(
    connection: Connection, workspace: str, before: KeyNote | None, values: dict[str, Any]
) -> bool:
    if before is None and insert_if_absent(connection, workspaces, {"id": workspace}, values):
        return True
    same = workspaces.c.key_at.is_not_distinct_from(before.stored_at if before else None)
    changed = connection.execute(
        update(workspaces).where(workspaces.c.id == workspace, same).values(values)
    )
    return changed.rowcount > 0


def _place(workspace: str) -> Place:
    return Place(workspace, "workspaces.api_key")
