"""`python bot.py rotate`, as an admin types it."""

import subprocess
from collections.abc import Callable

from fakes import key_value

from phantombot.access.api_keys import ApiKeys
from phantombot.config import read_settings
from phantombot.database.engine import Database
from phantombot.database.vault import Vault

from .conftest import KEY, Wire, run_bot, store_key

OLD, NEW = "canary-old-secret-0123", "canary-new-secret-0123"


def rotate(wire: Wire, secrets: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return run_bot("rotate", environ={**wire.environ, "PHANTOMBOT_SECRET": secrets, **environ})


def stored_key(wire: Wire, secret: str) -> str | None:
    database = Database(read_settings(wire.environ).database_url)
    try:
        return key_value(ApiKeys(database, Vault((secret,))), "T0SANDBOX")
    finally:
        database.close()


def test_secrets_are_rotated_beside_a_bot_that_follows_a_run_to_its_ending(
    make_wire: Callable[..., Wire], database_url: str
):
    wire = make_wire(database_url, speed=1)
    wire.environ["PHANTOMBOT_SECRET"] = OLD
    store_key(wire)
    wire.start()
    wire.slack.command('launch 785 casperjs {"a": 1}')
    assert wire.says("running")
    ended = rotate(wire, f"{NEW},{OLD}")
    assert "Re-encrypted with the first secret" in ended.stdout
    assert "canary" not in ended.stdout + ended.stderr
    wire.started.pop().stop()
    wire.environ["PHANTOMBOT_SECRET"] = f"{NEW},{OLD}"
    wire.process = None
    assert rotate(wire, f"{NEW},{OLD}").returncode == 0
    assert stored_key(wire, NEW) == KEY
    wire.environ["PHANTOMBOT_SECRET"] = NEW
    wire.start()
    wire.phantombuster.finish("785")
    assert wire.says("✅")


def test_what_no_secret_opens_is_told_with_its_mend_and_exit_code_1(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url)
    wire.environ["PHANTOMBOT_SECRET"] = OLD
    store_key(wire)
    ended = rotate(wire, NEW)
    assert ended.returncode == 1
    assert "left unchanged: 1 (workspaces.api_key 1). Add the secret" in ended.stdout
    assert stored_key(wire, OLD) == KEY


def test_without_a_secret_nothing_is_rotated_and_the_exit_code_is_2(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    ended = rotate(make_wire(sqlite_url), "")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "PHANTOMBOT_SECRET is missing" in ended.stderr
