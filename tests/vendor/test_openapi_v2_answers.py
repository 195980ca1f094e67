"""The local Phantombuster's answers of v2, held to the vendor's own OpenAPI."""

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox.phantombuster_stage import Clock, send_v2
from vendor.openapi_v2 import differences, openapi

from phantombot.sandbox.phantombuster import LocalPhantombuster

DEVIATIONS = {
    "agents/launch 429: unknown": "section 1: on launch, over the parallel limit",
    "agents/fetch-output 404: unknown": "section 1: unknown agent or container",
    "containers/fetch-all 404: unknown": "section 1: unknown agent or container",
    "orgs/fetch 401: unknown": "section 1: wrong key",
    "containers/fetch-output 200: text/plain": "section 3: mode json or raw (text)",
    "containers/fetch-all 400: unknown": "section 1: any mistyped or unknown input",
}
"""Where answers differ from the OpenAPI, and the fact that says so.

The sections are those of `shared/facts/phantombuster-api-v2.md`.
"""
UNSERVED = {
    "agents/launch-soon",
    "agents/save",
    "agents/unschedule-all",
    "orgs/fetch-agent-groups",
}
"""What the bot does not call."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[LocalPhantombuster]:
    server = LocalPhantombuster(form="v2", clock=clock)
    server.start()
    yield server
    server.stop()


class Asking:
    """Calls of v2, and what differs in the answers."""

    def __init__(self, server: LocalPhantombuster) -> None:
        self.server = server
        self.found: set[str] = set()
        self.asked: set[str] = set()

    def __call__(self, endpoint: str, body: dict[str, Any] | None = None, **query: Any) -> Any:
        answer = send_v2(self.server, endpoint, body, **query)
        self.asked.add(endpoint)
        kind = answer.headers["Content-Type"]
        whole = answer.text.encode()
        self.found |= set(differences(self.server.requests[-1], answer.status, whole, kind))
        return answer.json if answer.status == 200 and "json" in kind else None


def ask_everything(ask: Asking, clock: Clock) -> None:
    """Make every call about each agent: before a run, starting, running, ended, killed, refused."""
    agents = list(ask.server._account.agents)
    for agent in agents:
        read(ask, agent)
    for agent in agents:
        launched = ask("agents/launch", {"id": agent, "userCustomMetadata": {"by": "test"}})
        read(ask, agent, launched["containerId"])
    clock.advance(1)
    for agent in agents:
        read(ask, agent)
    ask("agents/launch", {"id": "785"})
    ask("agents/stop", {"id": "903"})
    clock.advance(90)
    ask.server.spoil_runs(used_up=True)
    ask("agents/launch", {"id": "785", "argument": {}, "saveArgument": True})
    for agent in agents:
        read(ask, agent)
    for endpoint in ("agents/fetch", "agents/fetch-output", "containers/fetch"):
        ask(endpoint, id="1")
    ask("containers/fetch-all", agentId="1")
    ask("containers/fetch-all", agentId="785", limit="all")
    ask("agents/launch", {"id": "1"})
    ask("agents/stop", {"id": "1"})
    ask("orgs/fetch", key="wrong")


def read(ask: Asking, agent: str, container: str | None = None) -> None:
    ask("orgs/fetch")
    ask("orgs/fetch-resources")
    ask("orgs/fetch-running-containers")
    ask("agents/fetch-all", withArgument="true")
    ask("agents/fetch", id=agent)
    ask("agents/fetch-output", id=agent)
    listed = [one["id"] for one in ask("containers/fetch-all", agentId=agent)["containers"]]
    for one in {*listed, *filter(None, [container])}:
        flags = ("withOutput", "withResultObject", "withNewerAndOlderContainerId")
        ask("containers/fetch", id=one, **dict.fromkeys(flags, "true"))
        ask("containers/fetch-output", id=one)
        ask("containers/fetch-output", id=one, mode="raw")
        ask("containers/fetch-result-object", id=one)


def test_answers_differ_from_the_openapi_only_where_a_fact_says_so(
    server: LocalPhantombuster, clock: Clock
) -> None:
    ask = Asking(server)
    ask_everything(ask, clock)
    assert ask.found == set(DEVIATIONS)
    paths = {path.removeprefix("/") for path in openapi().spec["paths"].read_value()}
    assert ask.asked == paths - UNSERVED
