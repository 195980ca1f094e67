"""The shape of request that a server takes is found out, and no launch is sent twice for it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from client_stage import ARGUMENT, KEY, OF_2014, TODAY, connect, error_of, launch, success

from phantombot import errors
from phantombot.phantombuster.account import UNKNOWN, Api, ApiKey, Dialect
from phantombot.phantombuster.client import Client
from phantombot.phantombuster.shapes import roots
from phantombot.sandbox.server import LocalServer, Request, Response, json_response

PLAIN = {
    "404": Response(404, b"<html>Not found</html>", "text/html"),
    "405": Response(405),
    "410": Response(410, b"Gone", "text/plain"),
    "501": Response(501),
    "301": Response(301, headers={"Location": "/"}),
    "302": Response(302, headers={"Location": "/"}),
    "307": Response(307, headers={"Location": "/"}),
    "308": Response(308, headers={"Location": "/"}),
    "404 of the API": json_response({"status": "error", "error": "Not found"}, 404),
    "405 of the API": json_response({"status": "error", "error": "Method not allowed"}, 405),
}
ACCOUNT = {"agents": [{"id": "785", "runningContainers": 0, "queuedContainers": 0}]}
ACCOUNT_2014 = {"plan": "Free", "agents": [{"id": 785, "running": False}]}
DATA = {"launch": {"containerId": "5"}, "abort": None, "output": {}, "containers": []}


@dataclass
class Server:
    """Takes requests in some shapes alone, and answers all others with `refusal`."""

    suffixes: tuple[bool, ...] = (False,)
    methods: tuple[str, ...] = ("POST",)
    refusal: Response = PLAIN["404"]
    account: Any = field(default_factory=lambda: ACCOUNT)
    asked: list[Request] = field(default_factory=list)
    acted: list[Request] = field(default_factory=list)
    url: str = ""

    def answer(self, request: Request) -> Response:
        self.asked.append(request)
        path, dot, _ = request.path.partition(".json")
        call = path.rpartition("/")[2]
        acts = call in ("launch", "abort")
        if bool(dot) not in self.suffixes or request.method not in (
            self.methods if acts else "GET"
        ):
            return self.refusal
        if "/agent/" in path and "/785/" not in path:
            return json_response({"status": "error", "error": "Agent not found"}, 400)
        if acts:
            self.acted.append(request)
        return success(self.account if call == "user" else DATA[call])

    @property
    def sent(self) -> list[tuple[str, str]]:
        return [(r.method, r.path.rpartition("/")[2]) for r in self.asked]


Remembered = list[ApiKey]


@pytest.fixture
def serve(stack: ExitStack) -> Callable[..., tuple[Client, Remembered]]:
    """Return a function that makes a client of the servers, and what that remembered."""

    def start(*servers: Server) -> tuple[Client, Remembered]:
        remembered: Remembered = []
        for server in servers:
            stack.enter_context(running(server))
        urls = (server.url for server in servers)
        return connect_all(stack, *urls, remember=remembered.append), remembered

    return start


@contextmanager
def running(server: Server) -> Iterator[None]:
    local = LocalServer(server.answer)
    local.start()
    server.url = f"{local.url}/api/"
    yield
    local.stop()


def connect_all(stack: ExitStack, *urls: str, **options: Any) -> Client:
    client = Client(*urls, backoff=0, read_timeout=5.0, **options)
    stack.callback(client.close)
    return client


def check(client: Client, known: Dialect = UNKNOWN) -> Dialect:
    return client._v1.check(ApiKey(KEY, dialect=known))[1].dialect


REDIRECTS = ("301", "302", "307", "308")


def is_reached(known: Dialect, suffix: bool, method: str, refusal: str) -> bool:
    """Return whether a launch reaches a shape if all others are refused like that."""
    if refusal in REDIRECTS:
        return (suffix, method == "POST") == (bool(known.suffix), known.post is not False)
    if method == "POST" or known.post is False or refusal[:3] in ("405", "501"):
        return True
    return known.post is None and refusal == "404"


KNOWN = [UNKNOWN, TODAY, OF_2014, Dialect(suffix=True), Dialect(suffix=True, post=True)]


@pytest.mark.parametrize("refusal", PLAIN)
@pytest.mark.parametrize("suffix", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("known", KNOWN)
def test_a_launch_and_an_abort_reach_a_server_of_any_shape_once(
    serve: Any, known: Dialect, method: str, suffix: bool, refusal: str
) -> None:
    server = Server((suffix,), (method,), PLAIN[refusal])
    client, remembered = serve(server)
    key = ApiKey(KEY, "T1", known)
    if not is_reached(known, suffix, method, refusal):
        assert error_of(lambda c: launch(c, known=known), client).status == server.refusal.status
        assert known.post is False or {request.method for request in server.asked} == {"POST"}
        return
    assert launch(client, known=known) == "5"
    client.abort(key, "785")
    assert [r.path.split("/")[-1].removesuffix(".json") for r in server.acted] == [
        "launch",
        "abort",
    ]
    assert remembered[-1].workspace == "T1"
    assert (remembered[-1].dialect.suffix, remembered[-1].dialect.post) == (
        suffix,
        method == "POST",
    )
    tried = len(server.asked)
    assert launch(client, known=known) == "5"
    assert len(server.asked) == tried + 1
    given = server.acted[0].query | server.acted[0].form
    assert given == {"command": "casperjs", "argument": ARGUMENT}


@pytest.mark.parametrize("refusal", PLAIN)
@pytest.mark.parametrize("suffix", [False, True])
@pytest.mark.parametrize("known", KNOWN)
def test_a_read_reaches_a_server_of_either_shape(
    serve: Any, known: Dialect, suffix: bool, refusal: str
) -> None:
    server = Server((suffix,), refusal=PLAIN[refusal])
    client, remembered = serve(server)
    key = ApiKey(KEY, "T1", known)
    assert len(client.account(key).agents) == 1
    tried = len(server.asked)
    assert tried <= 2
    client.output(key, "785")
    client.containers(key, "785")
    assert len(server.asked) == tried + 2
    assert remembered[0].dialect.suffix is suffix


@pytest.mark.parametrize(
    ("server", "suffix", "post", "counts"),
    [
        pytest.param(Server(), False, True, False, id="today"),
        pytest.param(Server((True,)), True, None, False, id="2015"),
        pytest.param(Server((True, False)), False, True, False, id="both"),
        pytest.param(Server((True,), account=ACCOUNT_2014), True, False, True, id="2014"),
        pytest.param(Server(account={"agents": []}), False, True, None, id="no agents"),
    ],
)
def test_the_form_of_an_account_is_found_when_its_key_is_checked(
    serve: Any, server: Server, suffix: bool, post: bool | None, counts: bool | None
) -> None:
    server.asked.clear()
    client, remembered = serve(server)
    root = f"{server.url}v1"
    assert check(client) == Dialect(root, suffix, post, counts_launches=counts)
    assert remembered == []  # there is no workspace yet


def test_an_output_shows_that_launches_are_not_numbered_any_more(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DATA, "output", {"status": "running", "runningContainers": 1})
    client, remembered = serve(Server((True,), account=ACCOUNT_2014))
    key = ApiKey(KEY, "T1")
    client.account(key)
    assert remembered[-1].dialect.counts_launches
    for _ in range(2):
        client.output(key, "785")
        client.account(key)
    told = [(key.dialect.counts_launches, key.dialect.post) for key in remembered]
    assert told == [(True, False), (False, None), (False, False)]


def test_an_output_of_today_ends_that_launches_are_gets(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DATA, "output", {"status": "running", "runningContainers": 1})
    server = Server((True,))
    client, _ = serve(server)
    client.output(ApiKey(KEY, "T1", OF_2014), "785")
    launch(client, known=OF_2014)
    assert server.sent == [("GET", "output.json"), ("POST", "launch.json")]


def test_the_apis_own_404_is_believed_without_the_argument_in_a_url(serve: Any) -> None:
    server = Server((), refusal=PLAIN["404 of the API"])
    client, _ = serve(server)
    assert type(error_of(lambda c: launch(c, known=UNKNOWN), client)) is errors.AgentNotFound
    assert server.sent == [("POST", "launch"), ("POST", "launch.json")]


def test_an_account_without_agents_is_launched_by_post(serve: Any) -> None:
    """A plan is told by every form."""
    server = Server((True,), ("GET", "POST"), account={"plan": "Free", "agents": []})
    client, _ = serve(server)
    client.account(ApiKey(KEY, "T1"))
    launch(client, known=UNKNOWN)
    assert server.sent[-1] == ("POST", "launch.json")


@pytest.mark.parametrize(("seconds", "sent"), [(0.0, 4), (0.7, 3), (2.0, 1)])
def test_a_launch_is_begun_in_no_further_shape_once_it_took_long(
    stack: ExitStack, seconds: float, sent: int
) -> None:
    """Slow misses in a row would outlast the time in which a launch must be told of."""
    server, passed = Server(()), [0.0]
    answer = server.answer

    def slowly(request: Request) -> Response:
        passed[0] += seconds
        return answer(request)

    server.answer = slowly  # type: ignore[method-assign]
    with running(server):
        client = connect_all(stack, server.url, timer=lambda: passed[0])
        error = error_of(lambda c: launch(c, known=UNKNOWN), client)
        assert (len(server.asked), error.status, error.maybe_acted) == (sent, 404, False)
        assert error_of(lambda c: c.account(ApiKey(KEY)), client).status == 404
        assert len(server.asked) == sent + 2


def test_a_key_is_checked_anew_where_the_form_has_changed(serve: Any) -> None:
    client, _ = serve(Server())
    found = check(client, OF_2014)
    assert found == replace(TODAY, root=client._v1._roots[0], counts_launches=False)


@pytest.mark.parametrize(("data", "names"), [({"containerId": "5"}, True), (None, False)])
def test_whether_launches_are_named_is_learnt_from_the_first(
    serve: Any, monkeypatch: pytest.MonkeyPatch, data: Any, names: bool
) -> None:
    monkeypatch.setitem(DATA, "launch", data)
    client, remembered = serve(Server())
    launch(client)
    assert [key.dialect.names_launches for key in remembered] == [names]
    monkeypatch.setitem(DATA, "launch", None)
    launch(client)
    assert len(remembered) == 1


def test_a_read_that_began_before_a_launch_forgets_nothing_that_this_showed(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DATA, "launch", None)
    server = Server()
    answer = server.answer

    def launched_meanwhile(request: Request) -> Response:
        if request.path.endswith("/user"):
            launch(client)
        return answer(request)

    server.answer = launched_meanwhile  # type: ignore[method-assign]
    client, remembered = serve(server)
    client.account(ApiKey(KEY, "T1", TODAY))
    told = [(key.dialect.names_launches, key.dialect.counts_launches) for key in remembered]
    assert told == [(False, None), (False, False)]


@pytest.mark.parametrize("refusal", PLAIN)
@pytest.mark.parametrize("call", [lambda c: c.account(ApiKey(KEY)), launch])
def test_the_second_root_is_asked_where_the_first_is_no_api(
    serve: Any, call: Any, refusal: str
) -> None:
    first, second = Server((), refusal=PLAIN[refusal]), Server()
    client, _ = serve(first, second)
    if refusal.endswith("of the API") or (call is launch and refusal in REDIRECTS):
        error_of(call, client)
        assert second.asked == []
        return
    call(client)
    assert len(second.asked) == 1
    call(client)
    assert len(second.asked) == 2


GATES = [Response(403, b"<html>"), Response(401, b"<html>")]


@pytest.mark.parametrize("gate", [*GATES, None], ids=["403", "401", "nobody"])
def test_a_root_where_nobody_is_let_in_is_left_at_once(
    stack: ExitStack, gate: Response | None
) -> None:
    first, second = Server((), refusal=gate or PLAIN["404"]), Server()
    with running(first), running(second):
        first_url = first.url if gate else "http://127.0.0.1:1/"
        client = connect_all(stack, first_url, second.url)
        assert launch(client) == "5"
    assert (len(first.asked), len(second.asked)) == (1 if gate else 0, 1)


@pytest.mark.parametrize(
    "answer",
    [
        Response(200, b"<html>Welcome</html>", "text/html"),
        Response(200),
        Response(204),
        *(Response(status, headers={"Location": "/"}) for status in (301, 302, 303, 307, 308)),
        Response(500),
        Response(503, b"<html>"),
        Response(cut=True),
        Response(429),
        json_response({"status": "error", "error": "?"}, 403),
        json_response({"status": "error", "error": "?"}, 401),
        json_response({"status": "error", "error": "Agent not found"}, 404),
        json_response({"status": "error", "error": "?"}, 200),
    ],
)
@pytest.mark.parametrize("known", KNOWN)
def test_what_may_have_had_an_effect_or_is_a_verdict_is_asked_once(
    serve: Any, known: Dialect, answer: Response
) -> None:
    first, second = Server((), refusal=answer), Server()
    client, remembered = serve(first, second)
    error_of(lambda c: launch(c, known=known), client)
    assert (len(first.asked), second.asked, remembered) == (1, [], [])


@pytest.mark.parametrize("page", [Response(200, b"<html>Welcome</html>"), Response(502, b"<html>")])
def test_a_page_where_the_api_should_be_is_passed_by_when_reading(
    serve: Any, page: Response
) -> None:
    first, second = Server((), refusal=page), Server((True,))
    client, _ = serve(first, second)
    assert check(client).root == f"{second.url}v1"


def test_an_unknown_agent_is_believed_when_no_shape_knows_it(serve: Any) -> None:
    server = Server()
    client, _ = serve(server)
    unknown = error_of(lambda c: launch(c, agent="7"), client)
    assert (type(unknown), len(server.asked)) == (errors.AgentNotFound, 1)


def test_pages_in_every_shape_are_no_unknown_agent(serve: Any) -> None:
    server = Server((), refusal=PLAIN["404"])
    client, _ = serve(server)
    error = error_of(lambda c: launch(c, known=UNKNOWN), client)
    assert (type(error), error.maybe_acted) == (errors.NotTheApi, False)
    assert server.sent == [
        ("POST", "launch"),
        ("POST", "launch.json"),
        ("GET", "launch"),
        ("GET", "launch.json"),
    ]


def test_the_api_itself_is_believed_more_than_what_stands_before_it(serve: Any) -> None:
    answers = iter([PLAIN["405"], json_response({"status": "error", "error": "Bad ID"}, 404)])
    server = Server()
    server.answer = lambda _request: next(answers, PLAIN["405"])  # type: ignore[method-assign]
    client, _ = serve(server)
    error = error_of(lambda c: launch(c, known=UNKNOWN), client)
    assert (type(error), error.said) == (errors.AgentNotFound, "Bad ID")


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("page", [Response(200, b"<html>Back soon"), Response(302)])
def test_an_account_that_is_away_for_a_moment_is_no_unknown_agent(
    serve: Any, page: Response, known: bool
) -> None:
    """Its other shapes are not found by the API itself, as ever."""
    not_found = json_response({"status": "error", "error": "Not Found"}, 404)
    answers = iter([*([success(ACCOUNT)] if known else []), page, not_found])
    server = Server()
    server.answer = lambda _request: next(answers)  # type: ignore[method-assign]
    client, _ = serve(server)
    if known:
        check(client)
    error = error_of(lambda c: c.account(ApiKey(KEY)), client)
    assert isinstance(error, errors.AnswerUnreadable | errors.Redirected)


def test_a_root_that_is_configured_no_more_is_not_asked(serve: Any) -> None:
    gone = replace(TODAY, root="http://127.0.0.1:1/v1")
    client, remembered = serve(Server())
    assert launch(client, known=gone) == "5"
    assert remembered[0].dialect.root == client._v1._roots[0]


def test_what_was_found_counts_for_a_key_that_was_read_before(serve: Any) -> None:
    server = Server((True,))
    client, _ = serve(server)
    client.account(ApiKey(KEY, "T1"))
    assert launch(client, known=UNKNOWN) == "5"
    assert server.sent == [("GET", "user"), ("GET", "user.json"), ("POST", "launch.json")]


@pytest.mark.parametrize(
    ("url", "versions"),
    [
        ("https://h/api", ["v1", "v2"]),
        ("https://h/api/", ["v1", "v2"]),
        ("https://h/api/v1", ["v1"]),
        ("https://h/api/v1/", ["v1"]),
        ("https://h/api/v2/", ["v2"]),
    ],
)
def test_each_version_is_below_the_root_unless_the_root_is_one_of_them(
    url: str, versions: list[str]
) -> None:
    found = [root for version in Api for root in roots([url], version)]
    assert found == [f"https://h/api/{version}" for version in versions]


def test_a_client_without_a_dialect_has_the_argument_in_no_url_where_post_works(
    serve: Any,
) -> None:
    server = Server((True,), ("GET", "POST"))
    client, _ = serve(server)
    launch(client, known=UNKNOWN)
    assert [request.query for request in server.asked] == [{}, {}]


def test_one_address_may_stand_alone(stack: ExitStack) -> None:
    server = Server()
    with running(server):
        assert launch(connect(stack, f"{server.url}v1/")) == "5"
