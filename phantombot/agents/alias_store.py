"""Store the channels' aliases; their commands and arguments are encrypted."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, select

from phantombot.access.audit import AuditEntry
from phantombot.access.audit_store import note_within
from phantombot.agents.alias import Kept, ShortName, stored_as
from phantombot.database.engine import Database
from phantombot.database.schema import aliases
from phantombot.database.upsert import upsert
from phantombot.database.vault import Place, Vault
from phantombot.errors import DecryptionError

# Built once: building the statement takes longer than running it.
_READ = select(aliases).where(
    aliases.c.workspace == bindparam("workspace"),
    aliases.c.channel == bindparam("channel"),
    aliases.c.word == bindparam("word"),
)


@dataclass(frozen=True)
class Aliases:
    """Aliases by workspace and channel. Every method raises StoreUnavailable."""

    database: Database
    vault: Vault

    def find(self, workspace: str, channel: str, typed: str) -> ShortName | None:
        """Return the channel's alias for `typed`, or None."""
        rows = (self._row(workspace, channel, word) for word in stored_as(typed))
        return next((_short_name(row) for row in rows if row is not None), None)

    def of_channel(self, workspace: str, channel: str) -> list[ShortName]:
        """Return the channel's aliases, sorted by word."""
        here = and_(aliases.c.workspace == workspace, aliases.c.channel == channel)
        with self.database.reading() as connection:
            rows = connection.execute(select(aliases).where(here)).all()
        return sorted(map(_short_name, rows), key=lambda alias: alias.word)

    def kept(self, workspace: str, channel: str, word: str) -> Kept:
        """Return the alias's own command and argument.

        Raises:
            DecryptionError: they were stored under another PHANTOMBOT_SECRET.
        """
        row = self._row(workspace, channel, word)
        if row is None or row.kept is None:
            return Kept()
        return Kept(**json.loads(self.vault.open(_place(workspace, channel, row.word), row.kept)))

    def put(self, entry: AuditEntry, alias: ShortName, kept: Kept) -> None:
        """Set or replace an alias of the entry's channel, and store the entry.

        If the alias is the same already, nothing is stored.
        """
        if not self._is_so(entry, alias, kept):
            self._write(entry, alias, kept)

    def remove(self, entry: AuditEntry, word: str) -> bool:
        """Remove an alias of the entry's channel; return False if there was none."""
        with self.database.writing() as connection:
            gone = connection.execute(delete(aliases).where(_named(entry, word)))
            if gone.rowcount:
                note_within(connection, entry)
            return gone.rowcount > 0

    def _is_so(self, entry: AuditEntry, alias: ShortName, kept: Kept) -> bool:
        before = self.find(entry.workspace, entry.channel, alias.word)
        if before is None or before.agent_id != alias.agent_id:
            return False
        try:
            return self.kept(entry.workspace, entry.channel, alias.word) == kept
        except DecryptionError:
            return False

    def _write(self, entry: AuditEntry, alias: ShortName, kept: Kept) -> None:
        values = {
            "agent_id": alias.agent_id,
            "agent_name": alias.agent_name,
            "kept": self._sealed(entry, alias, kept),
            "user": alias.user,
            "made_at": alias.made_at,
        }
        place = {"workspace": entry.workspace, "channel": entry.channel, "word": alias.word}
        with self.database.writing() as connection:
            upsert(connection, aliases, place, values)
            note_within(connection, entry)

    def _sealed(self, entry: AuditEntry, alias: ShortName, kept: Kept) -> str | None:
        if kept == Kept():
            return None
        place = _place(entry.workspace, entry.channel, alias.word)
        return self.vault.seal(place, json.dumps(asdict(kept)))

    def _row(self, workspace: str, channel: str, word: str) -> Row[Any] | None:
        named = {"workspace": workspace, "channel": channel, "word": word}
        return self.database.row(_READ, named)


def _place(workspace: str, channel: str, word: str) -> Place:
    return Place(workspace, "aliases.kept", (channel, word))


def _named(entry: AuditEntry, word: str) -> ColumnElement[bool]:
    return and_(
        aliases.c.workspace == entry.workspace,
        aliases.c.channel == entry.channel,
        aliases.c.word == word,
    )


def _short_name(row: Row[Any]) -> ShortName:
    return ShortName(
        word=row.word,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        user=row.user,
        made_at=row.made_at,
        keeps=row.kept is not None,
    )
