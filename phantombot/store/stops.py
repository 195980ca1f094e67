"""Who stopped which agent from Slack."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from phantombot.store.database import Database
from phantombot.store.schema import stops


@dataclass(frozen=True)
class Stops:
    """The last stop of each agent."""

    database: Database

    def stopper(self, workspace: str, agent_id: str, since: datetime) -> str | None:
        """Slack's id of who stopped the agent last, if that was not before `since`."""
        query = select(stops.c.user).where(
            stops.c.workspace == workspace, stops.c.agent_id == agent_id, stops.c.at >= since
        )
        with self.database.reading() as connection:
            return connection.execute(query).scalar()
