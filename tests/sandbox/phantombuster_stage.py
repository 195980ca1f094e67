"""A clock to set, and requests to a local Phantombuster."""

import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from patience import PATIENCE

from phantombot.sandbox.phantombuster import AGENTS, LocalPhantombuster

KEY = "sandbox-key-0123456789"
SECRET = "li_at=AQEDATcanary"
JSON = "application/json"
IDLE = {"progress": None, "label": None, "runtime": None}
AGENT = {agent.id: agent for agent in AGENTS}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        assert self.status == 200, self.text
        assert self.json["status"] == "success"
        return self.json["data"]


def send_v2(
    server: LocalPhantombuster, endpoint: str, body: dict[str, Any] | None = None, **query: Any
) -> Answer:
    """Send a call of v2; with a body it is a POST of JSON. A list in the query is repeated."""
    posted = {} if body is None else {"method": "POST", "kind": JSON, "body": json.dumps(body)}
    return send(server, f"/api/v2/{endpoint}", **posted, **query)


def told_v2(server: LocalPhantombuster, endpoint: str, **query: Any) -> Any:
    """Return the answer of v2 to a read that succeeds."""
    answer = send_v2(server, endpoint, **query)
    assert answer.status == 200, answer.text
    return answer.json


def ran(server: LocalPhantombuster, clock: Clock, agent: str, seconds: float = 100) -> str:
    """Launch an agent and let time pass; the id of its container."""
    (container,) = server.launch_elsewhere(agent)
    clock.advance(seconds)
    return container


def send(
    server: LocalPhantombuster,
    path: str,
    *,
    method: str = "GET",
    key: str | None = KEY,
    body: str | None = None,
    kind: str = "application/x-www-form-urlencoded",
    timeout: float = PATIENCE,
    headers: dict[str, str] | None = None,
    **query: Any,
) -> Answer:
    base = urlsplit(server.url)
    where = path if path.startswith("/") else base.path + path
    keyed = {} if key is None else {"X-Phantombuster-Key-1": key}
    sent = {"Content-Type": kind} | keyed | (headers or {})
    connection = http.client.HTTPConnection(base.netloc, timeout=timeout)
    try:
        connection.request(
            method, f"{where}?{urlencode(query, doseq=True)}", body=body, headers=sent
        )
        return Answer(connection.getresponse())
    finally:
        connection.close()


def listed(server: LocalPhantombuster, agent: str) -> dict[str, Any]:
    agents = send(server, "user.json").data["agents"]
    return next(entry for entry in agents if entry["id"] == int(agent))
