"""Store installations: an encrypted bot token for a team, or for all teams of an organisation."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, delete, or_, select, update

from phantombot.database.engine import Database
from phantombot.database.erase import erase, kept
from phantombot.database.schema import erasures, installations, teams, welcomes
from phantombot.database.upsert import insert_if_absent, upsert
from phantombot.database.vault import Place, Vault

WATCHED_FOR = timedelta(hours=1)
"""How long after an erasure another process may still store something of the workspace."""


@dataclass(frozen=True)
class Installation:
    """One installation, by one admin."""

    workspace: str
    """The team's id, or the organisation's if the installation is org-wide."""
    enterprise: str | None
    """The organisation's id, if any."""
    org_wide: bool
    bot_token: str = field(repr=False)
    bot_user: str
    scopes: str
    """Separated by commas, as in Slack's API."""
    installed_by: str
    installed_at: datetime
    """In real time, even if the bot's clock runs faster."""


@dataclass(frozen=True)
class Uninstalled:
    """An event that an installation was removed."""

    team: str
    enterprise: str
    org_wide: bool
    at: datetime | None
    """Time of the event, to the second."""


@dataclass(frozen=True)
class Installations:
    """Installations by team and organisation. Every method raises StoreUnavailable."""

    database: Database
    vault: Vault

    def save(self, installation: Installation) -> bool:
        """Store or replace an installation, after erasing what an uninstalled one left.

        Return whether to welcome whoever installed it: once per team. An organisation's admin isn't
        welcomed, since others do the steps in its teams.
        """
        workspace = installation.workspace
        values = {
            "enterprise": installation.enterprise,
            "org_wide": installation.org_wide,
            "bot_token": self.vault.seal(_token(workspace), installation.bot_token),
            "bot_user": installation.bot_user,
            "scopes": installation.scopes,
            "installed_by": installation.installed_by,
            "installed_at": installation.installed_at,
        }
        with self.database.writing() as connection:
            _begin_anew(connection, workspace)
            upsert(connection, installations, {"workspace": workspace}, values)
            if installation.org_wide:
                return False
            due = _due(installation)
            return insert_if_absent(connection, welcomes, {"workspace": workspace}, due)

    def serving(self, team: str, enterprise: str = "") -> Installation | None:
        """Return the team's own installation, or its organisation's.

        `enterprise` is needed for a team that hasn't sent a command before.

        Raises:
            DecryptionError: it was stored under another PHANTOMBOT_SECRET.
        """
        with self.database.reading() as connection:
            row = connection.execute(_serving(team, enterprise)).first()
        return None if row is None else self._installation(row)

    def ids(self) -> list[str]:
        """Return the teams and organisations that have the app."""
        query = select(installations.c.workspace).order_by(installations.c.workspace)
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def belongs(self, team: str, enterprise: str) -> None:
        """Store which organisation's token serves the team."""
        with self.database.writing() as connection:
            _begin_anew(connection, team)
            upsert(connection, teams, {"id": team}, {"enterprise": enterprise})

    def remove(self, event: Uninstalled, now: datetime) -> tuple[str, ...]:
        """Remove an installation and erase its workspaces; none if it was installed again since.

        The installation is removed first, in its own transaction, so that any process that stores
        something afterwards sees that it must not stay.
        """
        gone = self._remove(event, now)
        if gone:
            self.erase(gone)
        return gone

    def withdraw(self, enterprise: str, ids: Collection[str], now: datetime) -> tuple[str, ...]:
        """Erase the teams that an organisation withdrew the app from, as `remove` does."""
        with self.database.writing() as connection:
            gone = tuple(team for team in _teams_of(connection, enterprise) if team in ids)
            theirs = (teams.c.enterprise == enterprise, teams.c.id.in_(ids))
            connection.execute(delete(teams).where(*theirs))
            _mark(connection, gone, now)
        if gone:
            self.erase(gone)
        return gone

    def erase_all(self) -> None:
        """Delete everything stored, of all workspaces."""
        with self.database.writing() as connection:
            erase(connection, kept(connection))
        self.database.forget_deleted()

    def erase(self, ids: Collection[str]) -> None:
        """Delete everything stored of these workspaces."""
        with self.database.writing() as connection:
            erase(connection, ids)
        self.database.forget_deleted()

    def erase_what_turned_up(self, now: datetime) -> None:
        """Erase what other processes stored of uninstalled workspaces before they knew."""
        with self.database.reading() as connection:
            found = connection.execute(select(erasures)).all()
        for row in found:
            this = erasures.c.workspace == row.workspace
            with self.database.writing() as connection:
                # Lock the row, so that nobody installs the app in between; if somebody did, it is
                # gone.
                held = connection.execute(update(erasures).where(this).values(at=row.at))
                if held.rowcount:
                    erase(connection, [row.workspace])
                if now - row.at > WATCHED_FOR:
                    connection.execute(delete(erasures).where(this))
        if found:
            self.database.forget_deleted()

    def _remove(self, event: Uninstalled, now: datetime) -> tuple[str, ...]:
        key = event.enterprise if event.org_wide else event.team
        with self.database.writing() as connection:
            if not key or _is_newer(connection, key, event.at):
                return ()
            gone = (key, *(_teams_of(connection, key) if event.org_wide else ()))
            connection.execute(delete(installations).where(installations.c.workspace == key))
            connection.execute(delete(teams).where(teams.c.enterprise == key))
            _mark(connection, gone, now)
        return gone

    def _installation(self, row: Row[Any]) -> Installation:
        token = self.vault.open(_token(row.workspace), row.bot_token)
        return Installation(**(dict(row._mapping) | {"bot_token": token}))  # noqa: SLF001 - public


def _token(workspace: str) -> Place:
    return Place(workspace, "installations.bot_token")


def _due(installation: Installation) -> dict[str, Any]:
    """Return the welcome to whoever installed the app, due at once."""
    undone = dict.fromkeys(("pending", "key_stored", "launched", "invited", "over"), False)
    return {"user": installation.installed_by, "due_at": installation.installed_at, **undone}


def _begin_anew(connection: Connection, workspace: str) -> None:
    """Erase what was stored of the workspace since it was uninstalled."""
    was_gone = delete(erasures).where(erasures.c.workspace == workspace)
    if connection.execute(was_gone).rowcount:
        erase(connection, [workspace])


def _serving(team: str, enterprise: str) -> Any:
    """Return the query for the team's own installation, else its organisation's."""
    known = select(teams.c.enterprise).where(teams.c.id == team).scalar_subquery()
    org = installations.c.workspace == (enterprise or known)
    own = installations.c.workspace == team
    return (
        select(installations)
        .where(or_(own, org & installations.c.org_wide))
        .order_by(case((own, 0), else_=1))
        .limit(1)
    )


def _is_newer(connection: Connection, workspace: str, event_at: datetime | None) -> bool:
    """Return whether it was installed after the event, which Slack may repeat; to the second."""
    query = select(installations.c.installed_at).where(installations.c.workspace == workspace)
    installed_at = connection.execute(query).scalar()
    if installed_at is None or event_at is None:
        return False
    return bool(event_at < installed_at.replace(microsecond=0))


def _mark(connection: Connection, gone: Collection[str], now: datetime) -> None:
    """Mark erased workspaces for `erase_what_turned_up`, unless their organisation serves them."""
    connection.execute(delete(erasures).where(erasures.c.workspace.in_(gone)))
    for one in gone:
        if connection.execute(_serving(one, "")).first() is None:
            # Another process may be handling the other event now.
            upsert(connection, erasures, {"workspace": one}, {"at": now})


def _teams_of(connection: Connection, enterprise: str) -> list[str]:
    """Return the organisation's teams that have no installation of their own."""
    own = select(installations.c.workspace)
    query = select(teams.c.id).where(teams.c.enterprise == enterprise, teams.c.id.not_in(own))
    return list(connection.execute(query).scalars())
