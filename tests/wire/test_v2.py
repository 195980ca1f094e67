"""What only Phantombuster's API v2 does, and a workspace that is moved to it while runs go on."""

import json
from collections.abc import Callable, Iterator

import pytest
from patience import PATIENCE

from phantombot.config import read_settings
from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.messages.keys import MOVE_KEY
from phantombot.phantombuster.account import Api
from phantombot.runs.store import Runs
from phantombot.sandbox.slack.values import Message

from .conftest import BotProcess, Wire, store_key
from .gate import Gate
from .test_home import shows

PROFILES = "*LinkedIn Profile Scraper*"
TEAMS = ("T0001", "T0002")
ENDED = ("✅", "⚠️", "❌", "⏹️", "❔")


@pytest.fixture
def v2(make_wire: Callable[..., Wire], sqlite_url: str) -> Wire:
    """Return a wire with an account of v2, whose agents are slow."""
    return make_wire(sqlite_url, form="v2", speed=4)


def ends(wire: Wire) -> list[Message]:
    """Return the channel's messages of what has ended."""
    return [one for one in wire.slack.messages() if one.text.startswith(ENDED)]


def test_lost_launches_of_two_workspaces_with_one_account_are_each_its_own(v2: Wire):
    store_key(v2, *TEAMS)
    process = v2.start(4)
    v2.phantombuster.fault("cut_after", on="launch", times=2)
    for team in TEAMS:
        line = f'launch 786 {{"of": "{team}"}}'
        assert v2.slack.command(line, extra={"team_id": team}).status == 200
    assert v2.slack.wait_for(
        lambda _: sum("found again" in one.text for one in ends(v2)) == len(TEAMS), PATIENCE
    )
    launched = {json.loads(one.argument or "")["of"]: one for one in v2.phantombuster.launches}
    assert len(v2.phantombuster.launches) == len(TEAMS)
    for team in TEAMS:
        (run,) = process.context.runs.recent(team, 5)
        assert run.container_id == launched[team].container_id


def test_a_launch_over_the_limit_of_parallel_runs_is_refused_and_says_so(v2: Wire):
    v2.start(4)
    v2.slack.command('launch 903 {"n": 1}')
    assert v2.says("*Google Maps Extractor*", "running")
    v2.slack.command('launch 903 {"n": 2}')
    assert v2.says("nothing was launched: the limit on parallel runs is reached")
    assert len(v2.phantombuster.launches) == 1


def test_a_launch_waits_for_no_read(v2: Wire):
    v2.start(4)
    gate = Gate("fetch")
    v2.phantombuster.watch(gate)
    v2.slack.command("launch 785")
    assert v2.phantombuster.wait_for_launch(1, PATIENCE)
    assert gate.holds(1)
    gate.open()
    assert v2.says("✅ *LinkedIn Search*")


@pytest.fixture
def moving(make_wire: Callable[..., Wire], sqlite_url: str) -> Wire:
    """Return a wire with an account of today's v1, at an address where v2 answers too."""
    wire = make_wire(sqlite_url, form="today", speed=1)
    store_key(wire)
    wire.environ["PHANTOMBUSTER_API_URL"] = wire.phantombuster.root
    return wire


@pytest.fixture
def runs(moving: Wire) -> Iterator[Runs]:
    """Yield the store as the bot's processes have it."""
    settings = read_settings(moving.environ)
    database = Database(settings.database_url)
    yield Runs(database, Vault(settings.secrets))
    database.close()


def test_a_workspace_moved_while_runs_go_on_is_told_each_of_them_once(
    moving: Wire, runs: Runs, start_bot: Callable[[Wire], BotProcess]
):
    bot = start_bot(moving)
    for agent, name in (("785", "LinkedIn Search"), ("903", "Google Maps Extractor")):
        moving.slack.command(f"launch {agent} casperjs")
        assert moving.says(f"*{name}*", "running")
    moving.phantombuster.fault("hang_after", on="launch")
    moving.slack.command("launch 786 casperjs")
    assert moving.phantombuster.wait_for_launch(3, PATIENCE)
    moving.phantombuster.switch("v2")
    move(moving)
    bot.kill()
    start_bot(moving)
    assert moving.says(PROFILES, "running")
    for agent, name in (
        ("785", "LinkedIn Search"),
        ("903", "Google Maps Extractor"),
        ("786", "LinkedIn Profile Scraper"),
    ):
        moving.phantombuster.finish(agent)
        assert moving.says("finished", f"*{name}*")
    moving.slack.command("launch 908")
    assert moving.says("✅ *Hello World*")
    told_once = [one.text.partition(" · ")[0] for one in ends(moving)]
    assert sorted(told_once) == sorted(set(told_once))
    assert len(told_once) == len(moving.phantombuster.launches) == 4
    *before, last = sorted(runs.recent("T0SANDBOX", 5), key=lambda run: run.id)
    assert ({run.api for run in before}, last.api) == ({Api.V1}, Api.V2)
    assert moving.phantombuster.launches[-1].tags == {"phantombot": last.uid}


def move(wire: Wire) -> None:
    """Move the key as an admin does, by the button in App Home."""
    wire.slack.open_home("U0ADA")
    assert shows(wire, "Move to API v2")
    home = wire.slack.home("U0ADA")
    assert home is not None
    wire.slack.press(home, MOVE_KEY)
    assert wire.says("goes by Phantombuster's API v2 from now on", channel="D0ADA")
