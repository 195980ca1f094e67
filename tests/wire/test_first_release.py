"""Earlier releases' databases, open runs in them, brought to the newest by a start of the bot."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from fakes import sealed_by_an_earlier_release
from patience import PATIENCE, becomes
from sqlalchemy import MetaData, Table, insert, inspect

from phantombot.config import read_settings
from phantombot.database.engine import Database
from phantombot.database.migrations import upgrade
from phantombot.database.schema import REVISION
from phantombot.messages.blocks import plain
from phantombot.phantombuster.account import ApiKey
from phantombot.processes import Process
from phantombot.slack.client import Poster

from .conftest import KEY, SPEED, Wire, run_bot
from .pressing import aborts, press, told

TEAM = "T0SANDBOX"
FIRST = "0001"
NUMBERED = "0013"
"""The last in which Slack's messages named runs by their numbers."""
NEW = "canary-new-secret-0123"
HOOK = "canary-hook-0123456789"
ENDING = {
    "kind": "success",
    "cause": "",
    "said": "",
    "line": "",
    "exit_code": 0,
    "seconds": 5.0,
    "results": 3,
    "candidates": [],
}
"""As the first release wrote it."""


class Release:
    """Writes rows as an earlier release did: into its own columns, and into no others."""

    def __init__(self, wire: Wire, revision: str) -> None:
        settings = read_settings(wire.environ)
        self._database = Database(settings.database_url)
        upgrade(self._database.engine, revision)
        self._tables = MetaData()
        self._tables.reflect(self._database.engine)
        self._secret = settings.secrets[0]
        self._poster = Poster(lambda _: settings.bot_token, settings.slack_api_url)
        self._number = 0

    def close(self) -> None:
        self._database.close()

    def time(self, seconds_ago: float = 0) -> datetime:
        now = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        return now.replace(tzinfo=None) if self._database.is_sqlite else now

    def sealed(self, text: str) -> str:
        return sealed_by_an_earlier_release(self._secret, TEAM, text)

    def store_key(self) -> None:
        self._write(
            "workspaces",
            id=TEAM,
            api_key=self.sealed(KEY),
            key_hint=KEY[-4:],
            key_by="U0ADA",
            key_at=self.time(),
            keeper_alerted=False,
        )

    def posted(self, text: str) -> dict[str, str]:
        """Return a message of that release, in the channel."""
        posted = self._poster.post(TEAM, "C0GENERAL", plain(text))
        return {"home": posted.channel, "ts": posted.ts, "said": "0123456789abcdef"}

    def run(self, agent: str, state: str, **values: Any) -> None:
        self._number += 1
        row = {
            "version": 3,
            "workspace": TEAM,
            "trigger_id": f"{self._number}.first",
            "channel": "C0GENERAL",
            "user": "U0ADA",
            "response_url": None,
            "agent": agent,
            "quoted": False,
            "command": "casperjs",
            "argument": self.sealed(json.dumps({"n": self._number})),
            "save": False,
            "fingerprint": f"{self._number:032}",
            "created_at": self.time(3),
            "state": state,
            "confirmed": False,
            "before_busy": 0,
            "adopted": False,
            "told": False,
        }
        self._write("runs", **row | values)

    def keep_alias_and_watch(self) -> None:
        """Store the other values that an earlier release encrypted."""
        kept = {"command": "casperjs", "argument": '{"of": "an alias"}'}
        here = {"workspace": TEAM, "channel": "C0GENERAL", "agent_id": "785", "user": "U0ADA"}
        named = {"word": "leads", "agent_name": "LinkedIn Search", "made_at": self.time()}
        self._write("aliases", kept=self.sealed(json.dumps(kept)), **here, **named)
        watched = {"version": 1, "name": "LinkedIn Search", "busy": 0, "known": "[]", "alike": ""}
        counts = {"times": 0, "failures": 0, "gone": False}
        hook = {"hook": self.sealed(HOOK), "hook_digest": sha256(HOOK.encode()).hexdigest()}
        self._write("watched", workspace=TEAM, agent_id="785", **watched, **counts, **hook)

    def _write(self, table: str, **values: Any) -> None:
        there: Table = self._tables.tables[table]
        with self._database.engine.begin() as connection:
            connection.execute(insert(there).values(values))


def left_open(wire: Wire, revision: str) -> Wire:
    """Open runs in several states, as a release left them when it was stopped."""
    old, there = Release(wire, revision), wire.phantombuster
    old.store_key()
    old.run("785", "intended", response_url=old.sealed(f"{wire.slack.url}/response/none"))
    known = {"agent_id": "786", "agent_name": "LinkedIn Profile Scraper", "sent_at": old.time(2)}
    there.launch_elsewhere("786")
    old.run("786", "sending", **known)
    (container,) = there.launch_elsewhere("901", seconds=40)
    named = {"agent_id": "901", "agent_name": "Twitter Followers", "sent_at": old.time(2)}
    shown = old.posted("▶️ the one that runs")
    old.run("901", "launched", container_id=container, status="running", **named, **shown)
    (container,) = there.launch_elsewhere("902", seconds=0)
    named = {"agent_id": "902", "agent_name": "Twitter Followers", "sent_at": old.time(2)}
    shown = old.posted("▶️ the one that ended meanwhile")
    old.run("902", "launched", container_id=container, **named, **shown)
    (container,) = there.launch_elsewhere("904", seconds=0)
    ended = {"ending": json.dumps(ENDING), "ended_at": old.time(1), "container_id": container}
    named = {"agent_id": "904", "agent_name": "Ended", "sent_at": old.time(2)}
    old.run("904", "ended", **ended, **named, **old.posted("▶️ the one whose end is untold"))
    old.run("905", "ended", **ended | {"told": True}, agent_id="905", agent_name="Told long ago")
    if revision != FIRST:
        old.keep_alias_and_watch()
    old.close()
    return wire


@pytest.fixture
def first(make_wire: Callable[..., Wire], empty_database_url: str) -> Wire:
    return left_open(make_wire(empty_database_url), FIRST)


def follows_all(wire: Wire) -> Process:
    """Start the current bot, and wait until it has followed all open runs to their endings."""
    process = Process(read_settings(wire.environ), SPEED)
    wire.started.append(process)
    runs = process.context.runs
    assert process.context.keys.key(TEAM) == ApiKey(KEY, TEAM)
    process.start()
    wire.slack.bot_url = f"http://127.0.0.1:{process.port}/slack/events"
    assert becomes(lambda: runs.open(TEAM) == []), "the last write makes no noise in Slack"
    kinds = {run.agent: run.ending and run.ending.kind.value for run in runs.recent(TEAM, 10)}
    assert set(kinds) == {"785", "786", "901", "902", "904", "905"}
    assert kinds["785"] == kinds["904"] == kinds["905"] == "success"
    assert not {None, "lost", "not found"} & set(kinds.values())
    launched = [launch.argument for launch in wire.phantombuster.launches]
    assert launched == ['{"n": 1}']
    endings = [m.text for m in wire.slack.messages() if m.text[0] in "✅⚠❌"]
    assert len(endings) == 5
    assert not any("the one" in text for text in endings)
    assert runs.argument(runs.recent(TEAM, 10)[-1]) == '{"n": 1}'
    return process


def test_what_the_first_release_left_open_is_followed_to_its_ending(first: Wire):
    assert follows_all(first).database.revision() == REVISION


@pytest.mark.parametrize("revision", [FIRST, NUMBERED])
def test_after_an_upgrade_and_a_rotation_what_was_left_open_is_followed_with_the_new_secret_alone(
    make_wire: Callable[..., Wire], empty_database_url: str, revision: str
):
    wire = left_open(make_wire(empty_database_url), revision)
    old = wire.environ["PHANTOMBOT_SECRET"]
    assert run_bot("migrate", environ=wire.environ).returncode == 0
    both = {**wire.environ, "PHANTOMBOT_SECRET": f"{NEW},{old}"}
    done = run_bot("rotate", environ=both)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Re-encrypted with the first secret" in done.stdout
    wire.environ["PHANTOMBOT_SECRET"] = NEW
    process = follows_all(wire)
    assert run_bot("rotate", environ=wire.environ).returncode == 0
    if revision != FIRST:
        assert process.context.watches.hook(TEAM, "785") == HOOK
        wire.slack.command("launch leads")
        assert wire.phantombuster.wait_for_launch(2, PATIENCE)
        assert wire.phantombuster.launches[1].argument == '{"of": "an alias"}'


def test_the_first_releases_tables_are_not_the_newest(first: Wire):
    database = Database(read_settings(first.environ).database_url)
    assert database.revision() == FIRST
    assert "console" not in {c["name"] for c in inspect(database.engine).get_columns("runs")}
    database.close()


def test_old_buttons_under_their_own_messages_still_work(
    make_wire: Callable[..., Wire], empty_database_url: str
):
    wire = make_wire(empty_database_url, speed=1)
    old, there = Release(wire, NUMBERED), wire.phantombuster
    (container,) = there.launch_elsewhere("903")
    named = {"agent_id": "903", "agent_name": "Google Maps Extractor", "sent_at": old.time(2)}
    shown = old.posted("▶️ the one that runs")
    old.run("903", "launched", container_id=container, status="running", **named, **shown)
    ended = {"ending": json.dumps(ENDING), "ended_at": old.time(1), "told": True}
    told_long_ago = old.posted("✅ the one that was told")
    old.run("908", "ended", agent_id="908", **ended, **told_long_ago)
    old.close()
    running, done = wire.slack.messages()
    wire.start(1)
    press(wire, done, "run_again", "1")
    press(wire, running, "stop_run", "2")
    assert told(wire, "I no longer know that run")
    assert (aborts(wire), there.launches) == (0, [])
    press(wire, done, "run_again", "2")
    assert there.wait_for_launch(1, PATIENCE)
    assert there.launches[0].argument == '{"n": 2}'
    press(wire, running, "stop_run", "1")
    assert told(wire, "Stopped: Google Maps Extractor (903)")
    uids = [run.uid for run in wire.process.context.runs.recent(TEAM, 10)]
    assert len({uid for uid in uids if len(uid) >= 16}) == len(uids)
