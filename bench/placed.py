"""Runs that were launched long ago and go on, as an earlier process left them."""

import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, insert, update

from bench.world import FIRST_AGENT, World
from phantombot.config import read_settings
from phantombot.database.engine import Database
from phantombot.database.schema import runs as table
from phantombot.database.vault import Vault
from phantombot.messages.runs import run_message
from phantombot.runs.model import UNDECIDED, Intent, Run, State
from phantombot.runs.store import Runs, _first
from phantombot.runs.store_rows import row_of

AGE = timedelta(hours=2)
_AT_ONCE = 500


def place_runs(
    world: World, database_url: str, age: timedelta = AGE, agents: int | None = None
) -> None:
    """Give the first agents of each workspace, or all, a run, whose message is in its channel."""
    settings = read_settings({**world.environ, "DATABASE_URL": database_url})
    database = Database(settings.database_url)
    runs = Runs(database, Vault(settings.secrets))
    sent_at = datetime.now(UTC) - age
    rows = []
    for team in world.teams:
        ids = [str(FIRST_AGENT + number) for number in range(agents or world.agents)]
        containers = world.phantombuster.launch_elsewhere(*ids, account=team)
        for number, container in enumerate(containers):
            row = _row(runs, world, team, number, sent_at)
            rows.append(row | {"container_id": container, "api": world.api.value})
    for begin in range(0, len(rows), _AT_ONCE):
        with database.writing() as connection:
            connection.execute(insert(table), rows[begin : begin + _AT_ONCE])
    for team in world.teams:
        _say(world, database, runs.open(team))
    database.close()


def _row(runs: Runs, world: World, team: str, number: int, sent_at: datetime) -> dict:
    agent = str(FIRST_AGENT + number)
    intent = Intent(team, f"{team}-{number}", world.channels[team], "U0ADA", "", agent)
    first = _first(intent, UNDECIDED, sent_at)
    return {
        **row_of(first),
        **runs._sealed_columns(intent, UNDECIDED, first),
        "state": State.LAUNCHED.value,
        "sent_at": sent_at,
        "agent_id": agent,
        "agent_name": f"Agent {agent}",
        "status": "running",
        "fraction": 0.0,  # as Phantombuster shows them, so that no message is due
        "seen_at": datetime.now(UTC) - random.random() * timedelta(minutes=10),
    }


def _say(world: World, database: Database, runs: list[Run]) -> None:
    """Post the message that each run would have by now, and store it."""
    now = datetime.now(UTC)
    said = [_said(world, run, now) for run in runs]
    told = update(table).where(table.c.id == bindparam("run"))
    names = ("home", "ts", "said", "said_at")
    with database.writing() as connection:
        connection.execute(told.values({name: bindparam(name) for name in names}), said)


def _said(world: World, run: Run, now: datetime) -> dict:
    message = run_message(run, now)
    place = world.slack._workspace
    with place.bell:
        posted = place.post(run.channel, message.text, list(message.blocks))
    return {
        "run": run.id,
        "home": run.channel,
        "ts": posted.ts,
        "said": message.digest,
        "said_at": now,
    }
