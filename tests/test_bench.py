"""The bench itself: that it measures what it says, and sees what it looks for."""

import importlib
import json
import threading
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from patience import PATIENCE, becomes
from slack_sdk.signature import SignatureVerifier
from stage import INTENT, rewrite

from bench.clock import jumping
from bench.compare import compared
from bench.figure import Aim, Section, at_least, at_most, percentile
from bench.kept import KEPT
from bench.load import Load, Order, is_complete, requests
from bench.matrix import play_all, theatre
from bench.mixed_troubles import PostgresStore, SqliteStore
from bench.placed import place_runs
from bench.report import DOCS, SECTIONS, kept_table, number, table
from bench.scale import load_of
from bench.to_message import lateness
from bench.troubles import IN_V2, Interleaving, Kill, Trouble, ordered
from bench.world import World
from phantombot.access.api_keys import ApiKeys
from phantombot.config import read_settings
from phantombot.context import Context
from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.errors import PhantombusterError, StoreUnavailable
from phantombot.phantombuster.account import Api
from phantombot.runs.store import Runs
from phantombot.sandbox.phantombuster import FOREVER
from phantombot.sandbox.server import LocalServer, Request, Response
from phantombot.slack.request import read_body

SECRET = "a-signing-secret"


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_can_be_measured(name: str):
    assert callable(importlib.import_module(f"bench.{SECTIONS[name].module}").measure)


def test_the_docs_hold_the_table_of_what_is_kept():
    assert kept_table() in DOCS.read_text()
    assert set(json.loads(KEPT.read_text())) <= set(SECTIONS)


def test_ours_stand_out_and_a_missed_aim_is_said():
    section = Section(quick=False, calibration=[20.0, 22.0])
    section.add("acks", "phantombot", (10.0, 30.0, 20.0), unit="/s", ours=True)
    section.add("acks", "a peer", (40.0,), unit="/s", aim=Aim("at least 50", reached=False))
    assert table({"ack": section}).splitlines()[-2:] == [
        "| acks | **phantombot** | **20/s** | 10 to 30 |  |",
        "|  | a peer | 40/s |  | at least 50: **missed** |",
    ]


def measured(ours: tuple[float, ...], peer: float | None, loop: float = 20.0) -> Section:
    section = Section(quick=False, calibration=[loop])
    section.add("acks", "phantombot", ours, unit="/s", ours=True)
    if peer is not None:
        section.add("acks", "a peer", (peer,), unit="/s")
    return section


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (measured((100.0, 120.0, 110.0), 1000.0), "within the noise"),
        (measured((30.0, 33.0, 40.0), 300.0), "within the noise"),  # a slower machine
        (measured((200.0, 210.0, 220.0), 1000.0), "CHANGED"),
        (measured((200.0, 210.0, 220.0), 2000.0), "within the noise"),
    ],
)
def test_a_change_is_told_from_noise_by_the_ratio_to_a_peer(now: Section, says: str):
    kept = measured((90.0, 110.0, 130.0), 1000.0)
    (line,) = compared({"ack": now}, {"ack": kept}).splitlines()[1:]
    assert line.startswith("- acks, phantombot: ")
    assert line.endswith(f" of a peer; kept: 0.11 (0.09 to 0.13): {says}")


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (measured((90.0, 110.0), None), "within the noise"),
        (measured((45.0, 55.0), None, loop=40.0), "within the noise"),
        (measured((45.0, 55.0), None), "CHANGED"),
    ],
)
def test_a_figure_without_a_peer_is_compared_by_the_fixed_loop(now: Section, says: str):
    kept = measured((90.0, 110.0), None)
    assert compared({"ack": now}, {"ack": kept}).endswith(says)
    assert "the fixed loop" not in compared({"ack": now}, {})


def test_an_aim_says_how_far_it_is_from_its_peer():
    assert at_least(0.8, 40.0, 100.0, "Bolt's") == Aim(
        "at least 0.8 times Bolt's (0.40)", reached=False
    )
    assert at_most(2.0, 40.0, 20.0, "Bolt's") == Aim("at most 2 times Bolt's (2.00)", reached=True)


@pytest.mark.parametrize(
    ("value", "said"),
    [(1234.5, "1,234 ms"), (12.34, "12.3 ms"), (1.234, "1.23 ms"), (0.0, "0 ms")],
)
def test_a_number_has_as_many_digits_as_mean_something(value: float, said: str):
    assert number(value, "ms") == said


def test_a_percentile_is_one_of_the_values():
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([1.0, 2.0], 0.99) == 2.0


def test_the_load_is_signed_as_slack_signs_and_names_each_command_once():
    order = Order(1, SECRET, 3, 1, workspaces=(("T1", "C1"), ("T2", "C2")), run="7")
    verifier = SignatureVerifier(SECRET)
    read = []
    for sent in requests(order):
        head, _, body = sent.decode().partition("\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
        assert verifier.is_valid_request(body, headers)
        read.append(read_body(body, "application/x-www-form-urlencoded"))
    assert [form["trigger_id"] for form in read] == ["7.0", "7.1", "7.2"]
    assert [form["team_id"] for form in read] == ["T1", "T2", "T1"]


def answered(order: Order, seconds: float = 0.0) -> tuple[Load, list[float]]:
    """Return a load on a server that takes so long for each answer, one after the other."""
    one_at_a_time = threading.Lock()

    def answer(_request: Request) -> Response:
        with one_at_a_time:
            time.sleep(seconds)
        return Response(200, b"Launching")

    server = LocalServer(answer)
    server.start()
    load = Load(Order(**{**vars(order), "port": int(server.url.rpartition(":")[2])}))
    found = load.go()
    server.stop()
    assert (found.answered, found.wrong) == (order.commands, {})
    return load, [found.late[number] for number in range(order.commands)]


def test_a_closed_loop_sends_all_it_is_told_to():
    answered(Order(0, SECRET, 40, 5, connections=4, must_say="aunching"))


def test_a_command_that_had_to_wait_is_late_from_when_it_was_due():
    _, late = answered(Order(0, SECRET, 8, 1, per_second=200.0), seconds=0.02)
    # Due 5 ms apart and answered 20 ms apart: each may wait 15 ms longer than the one before.
    assert max(late) > 0.02 + 7 * 0.015 - 0.005


@pytest.mark.parametrize(
    ("whole", "complete"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", True),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n", False),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\n", False),
    ],
)
def test_an_answer_is_read_to_its_last_byte(whole: bytes, complete: bool):
    assert is_complete(whole) is complete


def test_in_any_trouble_and_killed_at_any_write_a_launch_is_neither_lost_nor_doubled():
    """The fault matrix in small: bench/safety.py plays all of it."""
    lost_answer = Trouble("launch", "cut after")
    every_order = [(lost_answer, order) for order in Interleaving]
    tally = play_all([*every_order, *list(ordered())[60::480]])
    assert tally["launches"] > 40
    assert [case for case in tally if case.startswith("Outcome")] == []
    assert tally["lost"] == tally["doubled"] == tally["told twice"] == 0


def test_in_v2_every_launch_whose_answer_was_lost_is_found_by_its_tag():
    every_order = [(Trouble("launch", "cut after", form="v2"), order) for order in Interleaving]
    tally = play_all([*every_order, *list(ordered(IN_V2))[60::180]])
    assert tally["answer lost"] == tally["found"] > 20
    assert tally["lost"] == tally["doubled"] == tally["told twice"] == 0


@pytest.mark.parametrize(("form", "api"), [("today", Api.V1), ("v2", Api.V2)])
def test_the_world_has_runs_that_go_on_by_the_api_of_its_form(tmp_path: Path, form: str, api: Api):
    url = f"sqlite:///{tmp_path}/bench.db"
    with World(url, tmp_path, workspaces=2, agents=3, seconds=FOREVER, form=form) as world:
        place_runs(world, url, agents=2)
        database, vault = Database(url), Vault(read_settings(world.environ).secrets)
        (first, second), team = Runs(database, vault).open(world.teams[1]), world.teams[1]
        going = [container for _, container in world.phantombuster.running(team)]
        assert [first.container_id, second.container_id] == going
        assert {first.api, second.api, ApiKeys(database, vault).required(team).api} == {api}
        database.close()


def test_the_bench_sees_the_edit_that_tells_a_runs_end(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/bench.db"
    with World(url, tmp_path, workspaces=2, agents=2, seconds=FOREVER) as world:
        place_runs(world, url, age=timedelta(seconds=10))
        bot = world.start()
        assert len(lateness(world, 4, over=0.1, patience=PATIENCE)) == 4
        bot.kill()


def test_the_load_on_postgresql_is_that_of_its_own_server(postgres_url: str):
    with load_of(postgres_url) as load:
        used, before = load.cpu(), load.transactions()
        assert used > 0
        assert becomes(lambda: load.transactions() > before)
        assert load.connections == 0  # the bot has none
        database = Database(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
        database.ping()
        assert becomes(lambda: load.connections == 1)
        database.close()


def careless(context: Context, workspace: str) -> datetime | None:
    """Launch until an answer comes, and post nothing."""
    for run in context.runs.open(workspace):
        key = context.keys.required(workspace)
        try:
            context.phantombuster.launch(key, "785", command=None, argument=None, save=False)
        except PhantombusterError:
            return context.clock() + timedelta(seconds=5)
        rewrite(context.runs, run, done=True)
    return None


def test_the_matrix_sees_what_is_lost_and_what_is_doubled():
    with theatre(careless, lambda *_: None) as stage:
        doubled = stage.play(1, Trouble("launch", "cut after"))
        killed = stage.play(2, Trouble(), Kill(2, after=False))
    assert (doubled.launched, doubled.lost) == (2, True)
    assert killed.launched == 2


def test_a_clock_is_off_by_what_its_file_says(tmp_path: Path):
    file, clock = tmp_path / "clock", jumping(str(tmp_path / "clock"))
    before = datetime.now(UTC)
    assert before <= clock() <= datetime.now(UTC)
    SqliteStore("sqlite:///none.db", file).jump(-3600)
    assert before <= clock() + timedelta(hours=1) <= datetime.now(UTC)


def test_a_store_on_postgresql_that_jumps_takes_the_bots_clock_with_it(postgres_url: str):
    store = PostgresStore(postgres_url)
    database = Database(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    for seconds in (3600, -90, 0):
        store.jump(seconds)
        before = datetime.now(UTC)
        told = database.time() - timedelta(seconds=seconds)
        assert before <= told <= datetime.now(UTC)
    database.close()


@pytest.mark.parametrize("name", ["sqlite_url", "postgres_url"])
def test_a_locked_store_takes_no_run_until_it_is_free_again(
    request: pytest.FixtureRequest, tmp_path: Path, vault: Vault, name: str
):
    url = request.getfixturevalue(name)
    is_file = url.startswith("sqlite")
    store = SqliteStore(url, tmp_path / "clock") if is_file else PostgresStore(url)
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    runs = Runs(database, vault)
    locking = threading.Thread(target=store.lock, args=(5,))
    locking.start()

    def is_locked() -> bool:
        try:
            runs.add(replace(INTENT, trigger_id=uuid.uuid4().hex), datetime.now(UTC))
        except StoreUnavailable:
            return True
        return False

    assert becomes(is_locked)
    locking.join()
    assert not is_locked()
    database.close()
