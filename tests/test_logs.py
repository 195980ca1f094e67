import json
import logging

import pytest

from phantombot.logs import _Json, _Text, redacted


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
