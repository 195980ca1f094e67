"""The key, the tokens and the argument, looked for wherever they could have come to stand."""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from patience import PATIENCE

from .conftest import KEY, BotProcess, Wire, store_key

ARGUMENT = "li_at-canary-AQEDARx9wZ"


def everything_stored(database_url: str) -> bytes:
    """Return each page of the database."""
    if database_url.startswith("sqlite"):
        file = Path(database_url.removeprefix("sqlite:///"))
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    with psycopg.connect(database_url) as connection:
        keys = connection.execute("SELECT * FROM workspaces").fetchall()
        runs = connection.execute("SELECT * FROM runs").fetchall()
    return repr((keys, runs)).encode()


@pytest.mark.parametrize("fault", [None, "echo", "500", "html", "cut_after"])
def test_no_secret_is_said_logged_or_stored_in_clear(
    make_wire: Callable[..., Wire],
    database_url: str,
    start_bot: Callable[..., BotProcess],
    fault: str | None,
):
    wire = make_wire(database_url)
    store_key(wire)
    bot = start_bot(wire)
    if fault:
        wire.phantombuster.fault(fault, on="launch")
    argument = json.dumps({"sessionCookie": ARGUMENT, "payload": 1})
    wire.slack.command(f"launch 785 casperjs {argument}")
    wire.slack.command(f"launch 785 casperjs {argument} broken")
    wire.slack.command(f"key {KEY}")
    wire.slack.command("key")
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    wire.slack.submit(wire.slack.views()[0], {"key_input": KEY})
    assert wire.slack.wait_for(
        lambda slack: any(m.text[0] in "✅❌❔" for m in slack.messages()), PATIENCE
    )
    bot.terminate()

    secrets = [KEY, wire.environ["SLACK_BOT_TOKEN"], wire.environ["PHANTOMBOT_SECRET"]]
    secrets += [wire.environ["SLACK_SIGNING_SECRET"]]
    said = repr([call.fields for call in wire.slack.calls])
    said += repr([message.history for message in wire.slack.messages()])
    urls = repr([(request.path, request.query) for request in wire.phantombuster.requests])
    log = bot.log.read_text()
    stored = everything_stored(database_url).decode(errors="replace")
    assert "phantombot listens" in log
    assert "api_key" in stored or "T0SANDBOX" in stored
    for place in (said, log, stored):
        assert [secret for secret in (*secrets, ARGUMENT) if secret in place] == []
        assert "/response/" not in place
    assert [secret for secret in secrets if secret in urls] == []
    others = [r for r in wire.phantombuster.requests if "/launch" not in r.path]
    assert ARGUMENT not in repr([(r.path, r.query, r.headers, r.body) for r in others])
