"""The local Phantombuster's answers, held to the vendor's own Swagger of API v1."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sandbox.phantombuster_stage import Clock, send
from vendor.swagger import differences

from phantombot.sandbox.phantombuster import LocalPhantombuster

HELD = ("2015", "2017", "today")
"""The forms that the Swagger describes; those of 2014 are older than its fields."""


@dataclass(frozen=True)
class Deviation:
    """Where answers differ from the Swagger, and the fact that says so.

    Its section is one of `shared/facts/phantombuster-api.md`.
    """

    where: frozenset[str]
    fact: str
    forms: tuple[str, ...] = HELD


def deviation(where: str, fact: str, *forms: str) -> Deviation:
    lines = frozenset(line.strip() for line in where.strip().splitlines())
    return Deviation(lines, fact, forms or HELD)


DEVIATIONS = (
    deviation(
        """
        getUser 200 data.agents[].id: type
        getUser 200 data.agents[].scriptId: type
        getAgentRecord 200 data.id: type
        getAgentRecord 200 data.scriptId: type
        launchAgent 200 data.containerId: type
        outputAgent 200 data.containerId: type
        containerAgent 200 data[].id: type
        """,
        "section 1: ids are numbers in the documents, strings on the wire",
        "today",
    ),
    deviation(
        "outputAgent 200 data.containerId: null",
        'section 3: containerId 0, "" and null mean none; which one it is, nobody knows',
        "2017",
    ),
    deviation(
        """
        outputAgent 404 message: missing
        outputAgent 404 error: unknown
        launchAgent 400 message: missing
        launchAgent 400 error: unknown
        launchAgent 429 message: missing
        launchAgent 429 error: unknown
        launchAgent 429 details: unknown
        getUser 401 error: unknown
        """,
        "section 1: today the text stands in `error`, with `details.detailedErrorSlug`",
        "today",
    ),
    deviation(
        "getUser 401 data: missing",
        "section 1: errors have no data; the Swagger takes them for successes at this one call",
    ),
    deviation(
        "getUser 401 message: unknown",
        "section 1: an error's text stands in `message`; as above",
        "2015",
        "2017",
    ),
    deviation(
        """
        launchAgent 200 message: missing
        launchAgent 200 data.executionTime: missing
        launchAgent 200 data.exitCode: missing
        launchAgent 200 data.output: missing
        launchAgent 200 data.resultObject: missing
        """,
        "section 2: with `output` left at `json`, launch answers the container alone",
    ),
    deviation(
        "outputAgent 200 data.containerStatus: missing",
        "section 3: only present in track mode, until 2019",
        "2015",
        "2017",
    ),
    deviation(
        """
        outputAgent 200 data.progress.progress: null
        outputAgent 200 data.progress.runtime: null
        """,
        "section 3: all three are null when idle",
        "2015",
        "2017",
    ),
    deviation(
        "outputAgent 200 data.progress.label: null",
        "section 3: null when idle, and, by inference, where a script sets none",
    ),
    deviation(
        "outputAgent 200 data.progress: null", "section 3: or progress itself is null", "today"
    ),
    deviation("outputAgent 200 data.resultObject: missing", "section 3: absent when none was set"),
    deviation(
        "outputAgent 200 data.resultObject: type",
        "section 3: rows, and lately a JSON string of rows",
    ),
    deviation(
        "getUser 200 data.agents[].progress: unknown",
        "section 3: user tells the progress of what runs",
    ),
    deviation("containerAgent 200 data[].exitCode: null", "section 3: null for a killed run"),
    deviation("abortAgent 200 data: null", "section 3: `data: null`, as in the Swagger's example"),
    deviation(
        """
        getAgentRecord 200 data.proxyAddress: type
        getAgentRecord 200 data.proxyUsername: type
        getAgentRecord 200 data.proxyPassword: type
        """,
        "section 3: it holds proxy passwords; the Swagger shows an agent that has none",
    ),
    deviation(
        "getAgentRecord 200 data.script: missing",
        "the Swagger: only with the parameter `withScript`, which nobody here sends",
    ),
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=HELD)
def server(request: pytest.FixtureRequest, clock: Clock) -> Iterator[LocalPhantombuster]:
    server = LocalPhantombuster(form=request.param, clock=clock)
    server.start()
    yield server
    server.stop()


class Asking:
    """Calls in the shape of the server's form, and what differs in the answers."""

    def __init__(self, server: LocalPhantombuster) -> None:
        self.server = server
        self.found: set[str] = set()

    def __call__(self, path: str, *, key: str | None = None, **query: Any) -> Any:
        acts = path.endswith(("launch", "abort"))
        ending = ".json" if self.server._account.form.extension == "required" else ""
        answer = send(
            self.server,
            path + ending,
            method="POST" if acts else "GET",
            key=key or self.server.key,
            **query,
        )
        self.found |= set(differences(self.server.requests[-1], answer.status, answer.json))
        return answer.json


def ask_everything(ask: Asking, clock: Clock) -> None:
    """Make every call about each agent: before it ran, queued, running, ended, killed, refused."""
    agents = list(ask.server._account.agents)
    for agent in agents:
        read(ask, agent)
    for agent in agents:
        launched = ask(f"agent/{agent}/launch", argument="{}")["data"]["containerId"]
        read(ask, agent, containerId=launched)
    clock.advance(1)
    for agent in agents:
        read(ask, agent)
    ask("agent/903/abort")
    ask("agent/785/launch")
    clock.advance(90)
    for agent in agents:
        read(ask, agent)
        ask(f"agent/{agent}/output", withoutResultObject="true")
    ask("agent/1/launch")
    ask("agent/1/output")
    ask("user", key="wrong")


def read(ask: Asking, agent: str, **query: Any) -> None:
    ask("user")
    ask(f"agent/{agent}")
    ask(f"agent/{agent}/output", **query)
    ask(f"agent/{agent}/containers")


def test_answers_differ_from_the_swagger_only_where_a_fact_says_so(
    server: LocalPhantombuster, clock: Clock
) -> None:
    ask = Asking(server)
    ask_everything(ask, clock)
    form = server._account.form.name
    known = {where for one in DEVIATIONS if form in one.forms for where in one.where}
    assert ask.found == known


def test_times_are_seconds_in_the_documents_and_milliseconds_today(
    server: LocalPhantombuster, clock: Clock
) -> None:
    """Both are numbers to the Swagger, whose examples are seconds: section 1 of the facts."""
    ask = Asking(server)
    ask("agent/908/launch")
    clock.advance(9)
    (container,) = ask("agent/908/containers")["data"]
    today = server._account.form.name == "today"
    assert all((container[name] > 1e11) is today for name in ("queueDate", "launchDate", "endDate"))
