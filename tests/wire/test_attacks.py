"""What somebody may try who is no friend: each of it is refused, and has no effect."""

import http.client
import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import pytest
from fakes import key_value
from patience import PATIENCE
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import select, update

from phantombot.bootstrap import utc_now
from phantombot.database.schema import runs, workspaces
from phantombot.messages.commands import QUESTION_CLOSED
from phantombot.messages.pressed import RUN_UNKNOWN
from phantombot.runs.model import Run
from phantombot.sandbox.phantombuster import LocalPhantombuster
from phantombot.sandbox.phantombuster.agents import AGENTS
from phantombot.web import HEADERS

from .conftest import KEY, Wire, ask
from .pressing import press, private

OTHERS = "T0OTHERS"
LINE = 'launch 785 casperjs {"a": 1}'
OURS = re.compile(
    r"<https://sandbox\.slack\.com/archives/C0GENERAL/p[0-9]+\|Message>"
    r"|<!date\^[0-9]+\^\{date_short\} \{time\}\|[0-9 :-]+>"
)
"""The links and times that we write ourselves."""
ANSWERS = 7
"""Two launches are acknowledged, and each of five further lines is answered in private."""
HOSTILE = '<!channel> <https://evil.test|click> *x* `y` @here {"type": "divider"}'


def signed(wire: Wire, body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    signer = SignatureVerifier(wire.environ["SLACK_SIGNING_SECRET"])
    signature = signer.generate_signature(timestamp=stamp, body=body) or ""
    return {"x_slack_request_timestamp": stamp, "x_slack_signature": signature}


def send(wire: Wire, body: bytes, headers: dict[str, str], kind: str = "") -> tuple[int, str]:
    kind = kind or "application/x-www-form-urlencoded"
    return ask(wire, "POST", "/slack/events", body, content_type=kind, **headers)


def command(**changes: str) -> bytes:
    form = {
        "command": "/phantom",
        "text": LINE,
        "team_id": "T0SANDBOX",
        "channel_id": "C0GENERAL",
        "user_id": "U0ADA",
        "trigger_id": "1.2.captured",
        "response_url": "",
    }
    return urlencode(form | changes).encode()


def rows(wire: Wire, team: str = "T0SANDBOX") -> list[Run]:
    return wire.process.context.runs.recent(team, 10) + wire.process.context.runs.open(team)


def test_a_captured_request_sent_again_launches_nothing_more(wire: Wire):
    body = command()
    headers = signed(wire, body)
    assert [send(wire, body, headers)[0] for _ in range(3)] == [200, 200, 200]
    assert wire.says("✅")
    assert len(wire.phantombuster.launches) == 1


def test_a_captured_signature_signs_nothing_else(wire: Wire):
    headers = signed(wire, command())
    assert send(wire, command(text="launch 786"), headers)[0] == 401
    assert send(wire, command(team_id=OTHERS), headers)[0] == 401
    assert rows(wire) == []


ODD = {
    "no user": {"type": "block_actions", "team": {"id": "T1"}, "actions": [{"action_id": "x"}]},
    "no actions": {"type": "block_actions", "user": {"id": "U1"}, "actions": []},
    "actions of another kind": {"type": "block_actions", "user": {"id": "U1"}, "actions": {"a": 1}},
    "a form without values": {
        "type": "view_submission",
        "user": {"id": "U1"},
        "view": {"callback_id": "key_form", "id": "V1"},
    },
    "numbers for ids": {"type": "block_actions", "user": {"id": 1}, "team": 3, "actions": [1]},
    "nulls": {"type": "view_submission", "user": None, "view": None, "team": None},
    "an unknown type": {"type": "canary", "user": {"id": "U1"}},
}


@pytest.mark.parametrize("payload", ODD.values(), ids=ODD)
def test_a_signed_payload_of_an_odd_shape_says_and_does_nothing(wire: Wire, payload: dict):
    body = urlencode({"payload": json.dumps(payload)}).encode()
    status, answer = send(wire, body, signed(wire, body))
    # Only Slack could have signed it; Bolt answers some of these with an empty 500.
    assert (status, answer) == (500, "") or status in (200, 401, 404)
    assert "Traceback" not in answer
    assert rows(wire) == []
    assert ask(wire, "GET", "/healthz")[0] == 200


def test_json_nested_beyond_reason_is_refused(wire: Wire):
    deep = b"payload=" + b"[" * 100_000
    assert send(wire, deep, signed(wire, deep))[0] in (401, 404)
    deep = b"[" * 100_000
    assert send(wire, deep, signed(wire, deep), "application/json")[0] in (401, 404)
    assert ask(wire, "GET", "/healthz")[0] == 200


def test_a_body_in_pieces_beyond_the_limit_is_refused(wire: Wire):
    url = urlsplit(wire.slack.bot_url or "")
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)
    pieces = (b"a" * 65536 for _ in range(32))
    try:
        connection.request("POST", "/slack/events", pieces, encode_chunked=True)
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before it was all sent
    finally:
        connection.close()
    assert ask(wire, "GET", "/healthz")[0] == 200
    assert rows(wire) == []


def test_what_slack_is_answered_carries_the_headers_too(wire: Wire):
    url = urlsplit(wire.slack.bot_url or "")
    for body in (command(text="help"), b"unsigned"):
        headers = {name.replace("_", "-"): value for name, value in signed(wire, body).items()}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)
        connection.request("POST", "/slack/events", body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert dict(HEADERS).items() <= dict(answer.getheaders()).items()


@pytest.mark.parametrize(
    ("action_id", "answer"),
    [
        ("stop_run", RUN_UNKNOWN),
        ("show_output", RUN_UNKNOWN),
        ("run_again", RUN_UNKNOWN),
        ("launch_again", QUESTION_CLOSED),
    ],
)
def test_a_button_with_another_workspaces_run_in_it_does_nothing(
    wire: Wire, action_id: str, answer: str
):
    wire.process.context.keys.store_key(OTHERS, KEY, by="U0ADA", at=utc_now())
    wire.slack.command(LINE)
    assert wire.says("✅")
    (run,) = wire.process.context.runs.recent("T0SANDBOX", 5)
    (channel,) = wire.slack.add_team(OTHERS)
    message = replace(wire.slack.messages()[0], channel=channel)
    press(wire, message, action_id, run.uid, home=OTHERS)
    assert wire.slack.wait_for(
        lambda slack: any(call.fields.get("text") == answer for call in slack.calls), PATIENCE
    )
    assert rows(wire, OTHERS) == []
    assert len(wire.phantombuster.launches) == 1


def test_a_key_form_sent_from_another_workspace_leaves_this_ones_key(wire: Wire):
    wire.slack.command("key")
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    view = wire.slack.views()[0]
    payload = {
        "type": "view_submission",
        "team": {"id": OTHERS},
        "user": {"id": "U0ADA", "team_id": OTHERS},
        "view": {
            "type": "modal",
            "id": view.id,
            "team_id": "T0SANDBOX",
            "callback_id": view.view["callback_id"],
            "state": {"values": {"key_input": {"key_input": {"value": "stolen-key-0123"}}}},
        },
    }
    wire.phantombuster.key = "stolen-key-0123"
    body = urlencode({"payload": json.dumps(payload)}).encode()
    assert send(wire, body, signed(wire, body))[0] == 200
    assert wire.slack.wait_for(
        lambda slack: any(call.method == "views.update" for call in slack.calls), PATIENCE
    )
    assert key_value(wire.process.context.keys, "T0SANDBOX") == KEY


def test_a_member_who_forges_the_key_form_stores_nothing(wire: Wire):
    for claims in ({"is_admin": True}, {"is_owner": True}):
        payload = {
            "type": "view_submission",
            "team": {"id": "T0SANDBOX"},
            "user": {"id": "U0MAX", "team_id": "T0SANDBOX"} | claims,
            "view": {
                "type": "modal",
                "id": "V0FORGED",
                "callback_id": "key_form",
                "state": {"values": {"key_input": {"key_input": {"value": "forged-key-0123"}}}},
            },
        }
        body = urlencode({"payload": json.dumps(payload)}).encode()
        send(wire, body, signed(wire, body))
    assert wire.slack.wait_for(
        lambda slack: sum(call.method == "views.update" for call in slack.calls) == 2, PATIENCE
    )
    assert key_value(wire.process.context.keys, "T0SANDBOX") == KEY
    assert not any("forged" in repr(r.headers) for r in wire.phantombuster.requests)


def test_a_key_copied_into_another_workspaces_row_opens_nothing(
    make_wire: Callable[..., Wire], database_url: str
):
    wire = make_wire(database_url)
    wire.start()
    copied = select(workspaces.c.api_key).where(workspaces.c.id == "T0SANDBOX").scalar_subquery()
    wire.process.context.keys.store_key(OTHERS, "x-own", by="U0ADA", at=utc_now())
    with wire.process.database.writing() as connection:
        connection.execute(
            update(workspaces).where(workspaces.c.id == OTHERS).values(api_key=copied)
        )
    wire.slack.organise(OTHERS)
    wire.slack.command(LINE, team=OTHERS)
    assert wire.whispers("no Phantombuster key")
    assert wire.phantombuster.requests == []


def test_an_argument_copied_into_another_workspaces_run_is_not_sent(wire: Wire):
    wire.slack.command('launch 785 casperjs {"cookie": "canary-argument"}')
    assert wire.says("✅")
    with wire.process.database.writing() as connection:
        connection.execute(update(runs).values(workspace=OTHERS))
    (run,) = wire.process.context.runs.recent(OTHERS, 5)
    message = wire.slack.messages()[0]
    payload_team = wire.slack.add_team(OTHERS)[0]
    wire.process.context.keys.store_key(OTHERS, KEY, by="U0ADA", at=utc_now())
    press(wire, replace(message, channel=payload_team), "run_again", run.uid, home=OTHERS)
    assert len(wire.phantombuster.launches) == 1


def test_names_and_consoles_that_would_shout_link_or_build_blocks_are_words_only(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url)
    first = replace(
        AGENTS[0], name=HOSTILE, console=(HOSTILE,), labels=(HOSTILE,), result=[HOSTILE], seconds=2
    )
    broken = replace(first, id="786", exit_code=1, result=None)
    wire.phantombuster.stop()
    wire.phantombuster = LocalPhantombuster(key=KEY, agents=(first, broken), speed=2)
    wire.phantombuster.start()
    wire.environ["PHANTOMBUSTER_API_URL"] = wire.phantombuster.url
    wire.start(speed=2)
    for line in ("launch 785 casperjs", "launch 786 casperjs"):
        wire.slack.command(line)
    assert wire.says("✅")
    assert wire.says("❌")
    for line in ("status", "output 785", "runs", f"status {HOSTILE}", f"launch {HOSTILE}"):
        wire.slack.command(line)
    assert wire.slack.wait_for(lambda _: len(private(wire)) >= ANSWERS, PATIENCE)
    said = [call.fields for call in wire.slack.calls if "chat." in call.method]
    said += [call.fields for call in wire.slack.calls if call.method == "response_url"]
    texts = [OURS.sub("", text) for fields in said for text in words(fields)]
    assert any("&lt;!channel&gt;" in text for text in texts)
    assert [text for text in texts if "<!" in text or "<http" in text] == []
    blocks = [block["type"] for fields in said for block in fields.get("blocks") or []]
    assert "divider" not in blocks
    sections = [b for fields in said for b in fields.get("blocks") or [] if b["type"] == "section"]
    assert all(section["text"].get("verbatim") for section in sections if "text" in section)


def words(part: object) -> list[str]:
    """Return each text of a message, wherever it stands in its blocks."""
    if isinstance(part, dict):
        return [text for value in part.values() for text in words(value)]
    if isinstance(part, list):
        return [text for value in part for text in words(value)]
    return [part] if isinstance(part, str) else []


def test_nothing_of_a_refused_request_stands_in_the_log(
    wire: Wire, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.DEBUG):
        send(wire, command(text="canary-text"), {"x_slack_request_timestamp": "1"})
        send(wire, command(text="canary-text"), signed(wire, b"other"))
    assert "canary" not in caplog.text
