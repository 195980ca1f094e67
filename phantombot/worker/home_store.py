"""Store recently opened App Homes, so that workers can redraw them."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from phantombot.database.engine import Database
from phantombot.database.schema import homes
from phantombot.database.upsert import upsert


@dataclass(frozen=True)
class OpenHome:
    """A user's recently opened App Home, and its state."""

    workspace: str
    user: str
    version: int
    """Goes up with each page turn, search and drawing."""
    opened_at: datetime
    page: int = 0
    """Page of the agents, from 0."""
    wanted: str = ""
    """Search text for the agents."""
    drawn: str | None = None
    """Digest of what Slack shows; None if unknown."""
    drawn_at: datetime | None = None
    not_before: datetime | None = None
    """When Slack's rate limit ends."""


_COLUMNS = [homes.c[field.name] for field in fields(OpenHome)]


@dataclass(frozen=True)
class Homes:
    """App Homes by workspace and user. Every method raises StoreUnavailable."""

    database: Database

    def open(
        self,
        workspace: str,
        user: str,
        at: datetime,
        *,
        page: int | None = None,
        wanted: str | None = None,
    ) -> OpenHome:
        """Store that the user opened their home, turned its page or searched it; return it."""
        given = {"page": page, "wanted": wanted}
        turned = {name: value for name, value in given.items() if value is not None}
        values = {"opened_at": at, "version": homes.c.version + int(bool(turned)), **turned}
        new = {"version": 1, "page": 0, "wanted": "", **turned}
        with self.database.writing() as connection:
            upsert(connection, homes, {"workspace": workspace, "user": user}, values, new)
            query = select(*_COLUMNS).where(_of(workspace, user))
            return OpenHome(**connection.execute(query).mappings().one())

    def lately(self, workspace: str, since: datetime) -> list[OpenHome]:
        """Return the workspace's homes that were opened since then."""
        query = select(*_COLUMNS).where(homes.c.workspace == workspace, homes.c.opened_at >= since)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(homes.c.user)).mappings().all()
        return [OpenHome(**row) for row in rows]

    def drawn(self, home: OpenHome, digest: str, at: datetime) -> bool:
        """Store what Slack shows.

        Return False if another process turned or drew the home meanwhile: then nobody knows what
        Slack shows.
        """
        mine = _of(home.workspace, home.user)
        with self.database.writing() as connection:
            done = connection.execute(
                update(homes)
                .where(mine, homes.c.version == home.version)
                .values(drawn=digest, drawn_at=at, version=home.version + 1, not_before=None)
            )
            if not done.rowcount:
                unknown = {"drawn": None, "drawn_at": at, "version": homes.c.version + 1}
                connection.execute(update(homes).where(mine).values(unknown))
        return done.rowcount > 0

    def wait(self, workspace: str, until: datetime) -> None:
        """Redraw no home of the workspace until then."""
        with self.database.writing() as connection:
            connection.execute(
                update(homes).where(homes.c.workspace == workspace).values(not_before=until)
            )

    def forget(self, before: datetime) -> None:
        """Delete the homes that were last opened before then: nobody looks at them any more."""
        with self.database.writing() as connection:
            connection.execute(delete(homes).where(homes.c.opened_at < before))


def _of(workspace: str, user: str) -> ColumnElement[bool]:
    return (homes.c.workspace == workspace) & (homes.c.user == user)
