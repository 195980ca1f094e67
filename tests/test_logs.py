import json
import logging

import pytest
from growth import grows_linearly

from phantombot.logs import Seldom, _Json, _Text, redacted


@pytest.mark.parametrize(
    "text",
    [
        "token xoxb-1-canary",
        "xapp-1-canary",
        "X-Phantombuster-Key-1: canary",
        "{'X-Phantombuster-Key-1': 'canary'}",
        "GET /launch.json?argument=canary&x=1",
        "key='canary'",
        'token="canary"',
        'argument={"cookie": "canary"}',
        "argument='[\"canary\"]'",
        "https://hooks.slack.com/commands/T1/1/canary",
        "connecting to postgresql+psycopg://user:canary@db.example.com:5432/name failed",
        "redis://:canary@h",
        '{"sessionCookie": "canary"}',
        "{'api_key': 'canary'}",
        """{'argument': '{"n": "canary"}'}""",
        '{"argument": "{\\"n\\": \\"canary\\"}", "x": 1}',
        '{"userToken": "canary',
        "Authorization: Bearer canary",
        "{'Authorization': 'Bearer canary'}",
        "gAAAAABcanary-0123456789_0123456789==",
        "posting to http://127.0.0.1:1/response/canary",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str):
    assert "canary" not in redacted(text)
    assert "•••" in redacted(text)


def test_what_is_no_secret_is_left_alone():
    text = "run 7 cannot be told now: ratelimited; open http://127.0.0.1:3000/"
    assert redacted(text) == text


def record(message: str) -> logging.LogRecord:
    error = ValueError("token=canary")
    trace = (type(error), error, None)
    return logging.LogRecord("phantombot", logging.ERROR, "x.py", 1, message, None, trace)


def test_a_known_secret_is_taken_out_wherever_it_stands():
    error = RuntimeError("deep inside: hunter2-canary!")
    trace = (type(error), error, None)
    for formatter in (_Json(["hunter2-canary"]), _Text(["hunter2-canary"])):
        args = {"x": ["hunter2-canary"]}
        event = logging.LogRecord("x", logging.ERROR, "x.py", 1, "said %s", (args,), trace)
        line = formatter.format(event)
        assert "canary" not in line
        assert "RuntimeError" in line


def test_a_chain_of_exceptions_has_its_secrets_taken_out():
    error = RuntimeError("{'api_key': 'canary'}")
    error.__cause__ = ValueError("PHANTOMBOT_SECRET=canary")
    trace = (type(error), error, None)
    event = logging.LogRecord("x", logging.ERROR, "x.py", 1, "it failed", None, trace)
    for formatter in (_Json(), _Text()):
        line = formatter.format(event)
        assert "canary" not in line
        assert "direct cause" in line


def test_redacting_an_odd_text_costs_no_more_than_its_length():
    odd = '"key": "' + "\\a" * 10_000 + "x://" * 20 + '"key' * 20
    assert grows_linearly(lambda times: redacted(odd * times))


def test_json_is_one_line_per_event_even_with_a_traceback():
    line = _Json().format(record("it\nfailed"))
    assert "\n" not in line
    event = json.loads(line)
    assert (event["level"], event["event"]) == ("error", "it\nfailed")
    assert "ValueError" in event["trace"]
    assert "canary" not in line


def test_text_has_its_secrets_taken_out_of_the_traceback_too():
    assert "canary" not in _Text().format(record("it failed"))


def test_text_keeps_a_message_of_several_lines_on_one():
    plain = logging.LogRecord("phantombot", logging.INFO, "x.py", 1, "a\r\nb", None, None)
    assert _Text().format(plain).endswith("phantombot: a\\r\\nb")


def test_a_webhook_s_address_is_taken_out():
    line = "POST /hooks/abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG failed"
    assert redacted(line) == "POST /hooks/••• failed"


def test_a_line_that_may_come_often_is_due_once_in_a_while():
    seldom, always = Seldom(3600), Seldom(0)
    assert [seldom.is_due() for _ in range(3)] == [True, False, False]
    assert [always.is_due() for _ in range(3)] == [True, True, True]
