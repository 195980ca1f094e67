"""Requests held to the vendor's own OpenAPI of API v2: the judge itself, and the bot."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from vendor.openapi_v2 import assert_request_fits, openapi

from phantombot.sandbox.phantombuster import FOREVER, SeenRequest
from phantombot.sandbox.script import Player, Transcript, parse_script
from phantombot.sandbox.trial import Trial

JSON = "application/json"
KEY = "X-Phantombuster-Key"


def seen(
    asked: str, body: Any = None, *, kind: str = JSON, key: str | None = KEY, raw: str = ""
) -> SeenRequest:
    method, _, path = asked.partition(" ")
    path, _, query = path.partition("?")
    headers = {"content-type": kind} | ({key.lower(): "a-key"} if key else {})
    sent = raw or ("" if body is None else json.dumps(body))
    given = dict(parse_qsl(query))
    path = f"/api/v2/{path}"
    return SeenRequest(method, path, given, headers, sent.encode(), query_string=query)


@pytest.mark.parametrize(
    "request_",
    [
        seen("GET agents/fetch-all"),
        seen("GET agents/fetch-all?agentIds=1&agentIds=2&withArgument=true"),
        seen("GET agents/fetch?id=785"),
        seen("GET agents/fetch-output?id=785&fromOutputPos=12&prevStatus=running"),
        seen("GET containers/fetch?id=7666128429580813&withOutput=true&withResultObject=true"),
        seen("GET containers/fetch-all?agentId=785&mode=finalized&limit=20"),
        seen("GET orgs/fetch-running-containers"),
        seen("GET orgs/fetch-resources", key="X-Phantombuster-Key-1"),
        seen("POST agents/launch", {"id": "785"}),
        seen("POST agents/launch", {"id": "785", "argument": '{"a": 1}', "saveArgument": True}),
        seen("POST agents/launch", {"id": "785", "argument": {"a": 1}}),
        seen("POST agents/launch", {"id": "785", "userCustomMetadata": {"phantombot": "a1"}}),
        seen("POST agents/stop", {"id": "785", "softAbort": True}),
    ],
    ids=lambda one: f"{one.method} {one.path} {one.body.decode()}",
)
def test_a_request_as_the_vendor_describes_it_fits(request_: SeenRequest) -> None:
    assert_request_fits(request_)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (seen("GET agents/abort"), "no GET"),
        (seen("GET agents/launch"), "no GET"),
        (seen("POST agents/fetch-all"), "no POST"),
        (seen("GET orgs/fetch", key=None), "Security"),
        (seen("GET agents/fetch-output"), "Missing required query parameter: id"),
        (seen("GET agents/fetch-output?id=785&fromOutputPos=end"), "number"),
        (seen("GET agents/fetch-output?id=785&mode=track"), "mode is no parameter"),
        (seen("GET agents/fetch?id=785&id=786"), "id is repeated"),
        (seen("GET agents/fetch-all?agentIds=1&agentIds=1"), "1 of them different"),
        (seen("GET containers/fetch-all?agentId=785&mode=ended"), "is not one of"),
        (seen("GET orgs/fetch?key=a-key"), "key is no parameter"),
        (seen("POST agents/launch"), "no body"),
        (seen("POST agents/launch", {"argument": {}}), "'id' is a required property"),
        (seen("POST agents/launch", {"id": 785}), "not of type 'string'"),
        (seen("POST agents/launch", {"id": "785", "argument": []}), "not valid under any"),
        (seen("POST agents/launch", {"id": "785", "command": "casperjs"}), "'command' was"),
        (seen("POST agents/launch", {"id": "785", "saveArgument": "true"}), "boolean"),
        (seen("POST agents/launch", {"id": "785", "userCustomMetadata": "a1"}), "object"),
        (seen("POST agents/launch", raw='{"id":'), "deserialize"),
        (seen("POST agents/stop", raw="id=785", kind="application/x-www-form-urlencoded"), "mime"),
        (seen("POST agents/stop?id=785", {"id": "785"}), "id is no parameter"),
    ],
)
def test_a_request_that_does_not_fit_is_told_why(request_: SeenRequest, reason: str) -> None:
    with pytest.raises(AssertionError, match=reason):
        assert_request_fits(request_)


EVERYTHING = """
ada> /phantom key
ada enters API key: sandbox-key-0123456789
ada submits
wait for Stored
ada closes
ada> /phantom launch --save 785 {"a": 1}
wait for LinkedIn Search · finished
ada> /phantom output 785
ada presses Run again
ada> /phantom status 786
ada> /phantom stop 786
ada presses Stop it
wait for Asked to end by itself
ada presses Stop now
wait for Stopped: LinkedIn Profile Scraper (786)
ada> /phantom watch 908 success
ada> /phantom agents
ada opens home
ada> /phantom doctor
"""
ASKED = {
    "agents/fetch-all",
    "agents/fetch-output",
    "agents/launch",
    "agents/stop",
    "containers/fetch",
    "containers/fetch-all",
    "orgs/fetch",
    "orgs/fetch-resources",
    "orgs/fetch-running-containers",
}


def test_whatever_the_bot_asks_of_v2_fits(tmp_path: Path) -> None:
    openapi()  # skipped at once where there is no such file
    trial = Trial(0, str(tmp_path), "v2", speed=8)
    phantombuster, transcript = trial.phantombuster, Transcript(lambda _: None)
    trial.slack.hear(transcript.hear)
    trial.start()
    player = Player(trial.slack, transcript, trial.busy)
    phantombuster.launch_elsewhere("786", seconds=FOREVER)
    try:
        assert player.play(parse_script(EVERYTHING)) is None
        phantombuster.launch_elsewhere("908")
        phantombuster.fault("cut_after", on="launch")
        ends = (
            "ada> /phantom launch 904\nwait for found again\nwait for Hello World (908) · finished"
        )
        assert player.play(parse_script(ends)) is None
    finally:
        trial.stop()
    assert {one.path.removeprefix("/api/v2/") for one in phantombuster.requests} == ASKED
    for request in phantombuster.requests:
        assert_request_fits(request)
