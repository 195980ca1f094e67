"""`/phantom doctor` in Slack, and `python bot.py doctor` and `manifest` in a terminal."""

from collections.abc import Callable

from phantombot.database.schema import REVISION
from phantombot.slack.scopes import SCOPES

from .conftest import KEY, Wire, ask, run_bot, store_key
from .gate import Gate
from .pressing import private, shown, told


def test_doctor_answers_the_caller_alone_after_the_acknowledgement(wire: Wire):
    gate = Gate("/user")
    wire.phantombuster.watch(gate)
    delivery = wire.slack.command("doctor", user="U0MAX")
    assert (delivery.status, delivery.body) == (200, None)
    assert wire.phantombuster.requests == []
    gate.open()
    assert told(wire, "✅ Database: SQLite answers", "✅ This channel", user="U0MAX")
    assert private(wire, "✅ Database", user="U0ADA") == []
    assert wire.slack.messages() == []


def test_doctor_answers_too_where_slack_does_not_say_who_somebody_is(wire: Wire):
    wire.slack.fail("users.info", "missing_scope", times=None)
    wire.slack.command("doctor", user="U0MAX")
    assert told(wire, "✅ Database: SQLite answers", user="U0MAX")


def test_doctor_tells_what_is_wrong_and_no_secret(wire: Wire):
    wire.phantombuster.key = "another"
    wire.slack.grant("commands")
    wire.slack.command("doctor", channel="C0PRIVATE")
    missing = ", ".join(scope for scope in SCOPES if scope != "commands")
    assert told(wire, f"❌ Scopes: {missing} missing")
    (answer,) = private(wire, "❌ Phantombuster: refuses the stored key", "/invite @phantombot")
    secrets = (KEY, *(wire.environ[name] for name in ("SLACK_BOT_TOKEN", "PHANTOMBOT_SECRET")))
    assert [secret for secret in secrets if secret in shown(answer)] == []


def test_in_a_terminal_a_bot_that_is_well_is_exit_code_0(
    make_wire: Callable[..., Wire], database_url: str
):
    wire = make_wire(database_url)
    wire.start()
    ended = run_bot("doctor", environ=wire.environ)
    assert ended.returncode == 0, ended.stdout
    assert {line[0] for line in ended.stdout.splitlines()} == {"✅"}


def test_in_a_terminal_what_is_wrong_is_exit_code_1_and_no_secret_is_said(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url)
    store_key(wire)
    wire.phantombuster.fault("401", on="user", times=None)
    ended = run_bot("doctor", environ=wire.environ)
    assert ended.returncode == 1
    assert "❌ Worker: never seen, so nothing is launched" in ended.stdout
    assert "❌ Phantombuster: refuses the stored key" in ended.stdout
    secrets = (KEY, *(wire.environ[name] for name in ("SLACK_BOT_TOKEN", "PHANTOMBOT_SECRET")))
    assert [secret for secret in secrets if secret in ended.stdout + ended.stderr] == []


def test_in_a_terminal_wrong_signatures_that_came_to_the_bot_are_told(
    make_wire: Callable[..., Wire], database_url: str
):
    wire = make_wire(database_url)
    wire.start()
    wrong = {"x_slack_request_timestamp": "1", "x_slack_signature": f"v0={'0' * 64}"}
    assert ask(wire, "POST", "/slack/events", b"canary", **wrong)[0] == 401
    ended = run_bot("doctor", environ=wire.environ)
    assert ended.returncode == 0, ended.stdout
    assert "⚠️ Signatures: 1 request in the last hour with a wrong one" in ended.stdout
    assert "canary" not in ended.stdout


def test_tables_that_were_never_made_are_told_and_not_made(
    make_wire: Callable[..., Wire], empty_database_url: str
):
    wire = make_wire(empty_database_url)
    for _ in range(2):
        ended = run_bot("doctor", environ=wire.environ)
        assert ended.returncode == 1
        assert f"❌ Tables: none yet, but {REVISION}" in ended.stdout


def test_settings_that_are_wrong_are_a_line_each():
    ended = run_bot(
        "doctor", environ={"SLACK_BOT_TOKEN": "xoxp-canary", "PHANTOMBOT_SECRET": "canary"}
    )
    assert ended.returncode == 1
    assert [line.split()[:3] for line in ended.stdout.splitlines()] == [
        ["❌", "Settings:", "SLACK_SIGNING_SECRET"],
        ["❌", "Settings:", "SLACK_BOT_TOKEN"],
        ["❌", "Settings:", "PHANTOMBOT_SECRET"],
    ]
    assert "canary" not in ended.stdout + ended.stderr


def test_the_manifest_is_printed_for_an_address_or_for_socket_mode():
    ended = run_bot("manifest", environ={"PUBLIC_URL": "https://bot.acme.test/"})
    assert ended.returncode == 0
    assert "url: https://bot.acme.test/slack/events" in ended.stdout
    ended = run_bot("manifest", environ={"SLACK_APP_TOKEN": "xapp-canary"})
    assert ended.returncode == 0
    assert "socket_mode_enabled: true" in ended.stdout
    assert "canary" not in ended.stdout


def test_a_manifest_for_nowhere_is_refused():
    ended = run_bot("manifest", environ={"PUBLIC_URL": ""})
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("PUBLIC_URL ")
