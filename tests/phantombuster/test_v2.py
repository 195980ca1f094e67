"""The client of v2, against a server that says what the test wants."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from client_stage import KEY
from fakes import Clock

from phantombot import errors
from phantombot.phantombuster.account import Api, ApiKey, Org
from phantombot.phantombuster.client import Client
from phantombot.sandbox.server import LocalServer, Request, Response, json_response

V2 = ApiKey(KEY, "T1", api=Api.V2)
NO_KEY = json_response({"status": "error", "error": "Unauthorized"}, 401)
NOT_HERE = Response(404, b"<html>Not Found</html>")
ENDED = {"id": "12", "status": "finished", "endType": "finished", "exitCode": 0, "endedAt": 1}
Answers = dict[str, Response | Any]


class Server:
    """Answers each path as told, and any other with 404."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[Request] = []
        self.server = LocalServer(self._answer)

    def _answer(self, request: Request) -> Response:
        self.asked.append(request)
        told = self.answers.get(request.path.removeprefix("/api/"), NOT_HERE)
        return told if isinstance(told, Response) else json_response(told)

    @property
    def paths(self) -> list[str]:
        return [request.path.removeprefix("/api/") for request in self.asked]


Serve = Callable[..., tuple[Client, Server]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(answers: Answers, *more: Server, **options: Any) -> tuple[Client, Server]:
            server = Server({f"v2/{path}": answer for path, answer in answers.items()})
            servers = [*more, server]
            for one in servers:
                one.server.start()
                stack.callback(one.server.stop)
            urls = [f"{one.server.url}/api/" for one in servers]
            client = Client(*urls, backoff=0, read_timeout=5.0, **options)
            stack.callback(client.close)
            return client, server

        yield start


def test_a_launch_is_one_post_of_json_with_its_tag(serve: Serve) -> None:
    client, server = serve({"agents/launch": {"containerId": "76"}})
    argument = '{"a": "é", "b":1e3}'
    container = client.launch(V2, "785", command=None, argument=argument, save=True, tag="u1")
    assert container == "76"
    (request,) = server.asked
    assert (request.method, request.query) == ("POST", {})
    assert request.json == {
        "id": "785",
        "argument": argument,
        "saveArgument": True,
        "userCustomMetadata": {"phantombot": "u1"},
    }
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-phantombuster-key"] == KEY


def test_what_was_not_typed_is_not_sent(serve: Serve) -> None:
    client, server = serve({"agents/launch": {"containerId": "76"}})
    client.launch(V2, "785", command=None, argument=None, save=False)
    assert server.asked[0].json == {"id": "785"}


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'{"containerId": null}', b"[]"])
def test_a_launch_that_names_no_container_is_accepted(serve: Serve, body: bytes) -> None:
    client, _ = serve({"agents/launch": Response(200, body)})
    assert client.launch(V2, "785", command=None, argument=None, save=False) is None


@pytest.mark.parametrize(
    ("status", "body", "error", "maybe"),
    [
        (200, b"<html>", errors.AnswerUnreadable, True),
        (200, b'{"status": "error", "error": "no"}', errors.BadParameters, False),
        (400, b'{"status": "error", "error": "Agent not found"}', errors.AgentNotFound, False),
        (
            400,
            b'{"status": "error", "error": "Could not validate data"}',
            errors.BadParameters,
            False,
        ),
        (401, b'{"status": "error", "error": "Unauthorized"}', errors.KeyRejected, False),
        (402, b"", errors.PlanUsedUp, False),
        (403, b'{"status": "error", "error": "no"}', errors.Forbidden, False),
        (404, b"<html>", errors.NotTheApi, False),
        (412, b'{"status": "error", "error": "no script"}', errors.NoScript, False),
        (
            429,
            b'{"status":"error","error":"","details":{"detailedErrorSlug":"maxParallelismReached"}}',
            errors.ParallelLimit,
            False,
        ),
        (429, b"slow down", errors.RateLimited, False),
        (500, b"", errors.ServerFault, True),
        (502, b"<html>", errors.ServerFault, True),
    ],
)
def test_a_refused_launch_says_why_and_whether_it_may_have_acted(
    serve: Serve, status: int, body: bytes, error: type[Exception], maybe: bool
) -> None:
    client, server = serve({"agents/launch": Response(status, body)})
    with pytest.raises(errors.PhantombusterError) as caught:
        client.launch(V2, "785", command=None, argument=None, save=False)
    assert type(caught.value) is error
    assert caught.value.maybe_acted is maybe
    assert len(server.asked) == 1


def test_a_launch_goes_to_the_other_address_only_where_it_surely_had_no_effect(
    serve: Serve,
) -> None:
    elsewhere = Server({})
    client, server = serve({"agents/launch": {"containerId": "76"}}, elsewhere)
    assert client.launch(V2, "785", command=None, argument=None, save=False) == "76"
    assert [len(one.asked) for one in (elsewhere, server)] == [1, 1]
    broken = Server({"v2/agents/launch": Response(500, b"<html>")})
    client, server = serve({"agents/launch": {"containerId": "76"}}, broken)
    with pytest.raises(errors.ServerFault):
        client.launch(V2, "785", command=None, argument=None, save=False)
    assert [len(one.asked) for one in (broken, server)] == [1, 0]


def test_an_address_that_answered_is_asked_first_from_then_on(serve: Serve) -> None:
    elsewhere = Server({})
    client, _ = serve({"orgs/fetch-running-containers": {"containers": []}}, elsewhere)
    for _ in range(3):
        assert client.running(V2) == frozenset()
    assert len(elsewhere.asked) == 1


def test_the_account_is_read_with_what_is_running_and_the_time_left(serve: Serve) -> None:
    answers = {
        "agents/fetch-all": [{"id": "785", "name": "A", "nbContainersRunning": 3}],
        "orgs/fetch-running-containers": {"containers": [{"id": "11", "agentId": "785"}]},
        "orgs/fetch-resources": {
            "monthlyExecutionTime": 600,
            "plan": {"monthlyExecutionTime": 7200},
        },
    }
    client, server = serve(answers)
    for _ in range(2):
        account = client.account(V2)
        assert [(agent.id, agent.running) for agent in account.agents] == [("785", 1)]
        assert (account.time_left, account.running) == (6600, frozenset({"11"}))
    assert server.paths.count("v2/orgs/fetch-resources") == 1


def test_the_time_left_is_read_again_after_three_minutes_or_when_the_clock_is_set_back(
    serve: Serve,
) -> None:
    clock = Clock()
    client, server = serve({"agents/fetch-all": [], "orgs/fetch-resources": {}}, clock=clock)
    reads = []
    for seconds in (0, 179, 2, -600):
        clock.forward(seconds)
        client.account(V2)
        reads.append(server.paths.count("v2/orgs/fetch-resources"))
    assert reads == [1, 1, 2, 3]


def test_an_account_without_its_details_is_still_an_account(serve: Serve) -> None:
    client, _ = serve({"agents/fetch-all": [{"id": "785", "nbContainersRunning": 3}]})
    account = client.account(V2)
    assert [(agent.id, agent.running) for agent in account.agents] == [("785", 3)]
    assert (account.time_left, account.running) == (None, None)


@pytest.mark.parametrize("body", [b"", b"null", b'{"agents": []}', b'[{"id": "785"'])
def test_an_account_that_is_no_list_is_not_an_empty_one(serve: Serve, body: bytes) -> None:
    client, _ = serve({"agents/fetch-all": Response(200, body)})
    with pytest.raises(errors.AnswerUnreadable):
        client.account(V2)


def latest(status: str = "running", container: str = "12") -> Answers:
    told = {"status": status, "containerId": container, "output": "new", "outputPos": 9}
    return {"agents/fetch-output": told | {"progress": 0.5}}


def test_a_run_that_is_the_latest_is_read_from_its_position(serve: Serve) -> None:
    client, server = serve(latest())
    output = client.output(V2, "785", container_id="12", from_position="6")
    assert (output.status, output.console, output.console_position) == ("running", "new", "9")
    assert server.asked[0].query == {"id": "785", "fromOutputPos": "6"}


def test_a_run_behind_a_later_one_is_read_whole(serve: Serve) -> None:
    run = {"id": "12", "status": "running", "output": "all of it"}
    client, server = serve(latest(container="13") | {"containers/fetch": run})
    output = client.output(V2, "785", container_id="12", from_position="6")
    assert (output.status, output.console, output.console_position) == (
        "running",
        "all of it",
        None,
    )
    assert server.asked[1].query == {"id": "12", "withOutput": "true"}


def test_the_latest_run_tells_how_it_ended(serve: Serve) -> None:
    client, server = serve(latest("finished") | {"containers/fetch": ENDED})
    output = client.output(V2, "785", container_id="12", from_position="6")
    assert (output.console, output.console_position) == ("new", "9")
    assert output.ended is not None
    assert output.ended.exit_code == 0
    assert server.asked[1].query == {"id": "12"}


def test_a_run_is_read_although_its_agent_was_deleted(serve: Serve) -> None:
    gone = json_response({"status": "error", "error": "Agent not found"}, 404)
    client, _ = serve({"agents/fetch-output": gone, "containers/fetch": ENDED})
    output = client.output(V2, "785", container_id="12")
    assert output.ended is not None
    with pytest.raises(errors.AgentNotFound):
        client.output(V2, "785")


def test_an_agent_that_never_ran_has_no_run_to_ask_about(serve: Serve) -> None:
    never = {"status": "never launched", "isAgentRunning": False, "canSoftAbort": False}
    client, server = serve({"agents/fetch-output": never})
    output = client.output(V2, "785", result=True)
    assert (output.status, output.container_id, output.result) == ("not running", None, None)
    assert len(server.asked) == 1


def test_the_result_is_read_in_one_call_where_the_run_is_known(serve: Serve) -> None:
    run = ENDED | {"output": "all", "resultObject": json.dumps([{"a": 1}])}
    client, server = serve({"containers/fetch": run})
    output = client.output(V2, "785", container_id="12", result=True)
    assert (output.result, output.console) == ('[{"a": 1}]', "all")
    assert len(server.asked) == 1


def test_a_result_that_is_too_large_is_left_out(serve: Serve) -> None:
    class Large(Server):
        def _answer(self, request: Request) -> Response:
            self.asked.append(request)
            large = "x" * 6_000_000 if "withResultObject" in request.query else None
            return json_response(ENDED | {"output": "all", "resultObject": large})

    large = Large({})
    client, _ = serve({}, large)
    output = client.output(V2, "785", container_id="12", result=True)
    assert (output.result, output.result_too_large, output.console) == (None, True, "all")
    with pytest.raises(errors.AnswerTooLarge):
        client.output(V2, "785", container_id="12", result=True, largest=1000)


def test_a_stop_asks_softly_or_not(serve: Serve) -> None:
    client, server = serve({"agents/stop": Response(200, b"")})
    client.abort(V2, "785", softly=True)
    client.abort(V2, "785")
    assert [request.json for request in server.asked] == [
        {"id": "785", "softAbort": True},
        {"id": "785"},
    ]


def test_a_tagged_launch_is_looked_for_among_all_containers(serve: Serve) -> None:
    mine = {"id": "12", "status": "running", "userCustomMetadata": {"phantombot": "u1"}}
    client, server = serve({"containers/fetch-all": {"containers": [mine]}})
    assert client.tagged(V2, "785", "u1") == "12"
    assert client.tagged(V2, "785", "u2") is None
    assert server.asked[0].query["mode"] == "all"


USER = {
    "status": "success",
    "data": {"agents": [{"id": 1, "name": "A", "runningContainers": 0, "queuedContainers": 0}]},
}


def test_a_key_is_of_v2_where_that_answers(serve: Serve) -> None:
    client, server = serve({"agents/fetch-all": [], "orgs/fetch": {"id": "5", "s3Folder": "f"}})
    server.answers["v1/user"] = USER
    _, key = client.check(ApiKey(KEY))
    assert (key.api, key.org) == (Api.V2, Org("5", "f"))


@pytest.mark.parametrize(
    "in_v2", [NOT_HERE, NO_KEY, Response(500), Response(200, b"<html>"), json_response({})]
)
def test_a_key_is_of_v1_where_only_that_answers(serve: Serve, in_v2: Response) -> None:
    client, server = serve({"agents/fetch-all": in_v2})
    server.answers["v1/user"] = USER
    account, key = client.check(ApiKey(KEY))
    assert (key.api, key.org) == (Api.V1, None)
    assert [agent.id for agent in account.agents] == ["1"]


@pytest.mark.parametrize(
    ("in_v2", "in_v1", "error"),
    [
        (NO_KEY, NO_KEY, errors.KeyRejected),
        (NO_KEY, NOT_HERE, errors.KeyRejected),
        (NOT_HERE, NO_KEY, errors.KeyRejected),
        (Response(500), NO_KEY, errors.ServerFault),
        (NO_KEY, Response(500), errors.ServerFault),
        (Response(500), NOT_HERE, errors.ServerFault),
        (NOT_HERE, NOT_HERE, errors.NotTheApi),
    ],
)
def test_a_key_is_wrong_only_where_nobody_could_take_it(
    serve: Serve, in_v2: Response, in_v1: Response, error: type[Exception]
) -> None:
    client, server = serve({"agents/fetch-all": in_v2})
    server.answers |= {"v1/user": in_v1, "v1/user.json": in_v1}
    with pytest.raises(errors.PhantombusterError) as caught:
        client.check(ApiKey(KEY))
    assert type(caught.value) is error
