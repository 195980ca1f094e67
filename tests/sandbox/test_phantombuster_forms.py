"""What each form of API v1 takes and answers."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from phantombuster_stage import IDLE, Answer, Clock, send

from bot import FORMS as OFFERED
from phantombot.sandbox.phantombuster import FORMS, LARGE, LocalPhantombuster

Serve = Callable[..., LocalPhantombuster]
SINCE_2015 = ("2015", "2017", "today")
ARGUMENT = '{"a": 1}'


def ask(server: LocalPhantombuster, path: str, **how: Any) -> Answer:
    """Send a call in the shape that the server's form requires."""
    form = server._account.form
    acts = path.endswith(("launch", "abort"))
    method = "POST" if acts and "POST" in form.acts_by else "GET"
    ending = "" if form.extension == "refused" else ".json"
    return send(server, path + ending, **({"method": method} | how))


def ended(server: LocalPhantombuster, clock: Clock, agent: str, **query: Any) -> dict[str, Any]:
    """Launch a run, and return its output once it is over."""
    ask(server, f"agent/{agent}/launch")
    clock.advance(60)
    return ask(server, f"agent/{agent}/output", **query).data


def test_bot_py_offers_every_form() -> None:
    assert set(OFFERED) == set(FORMS)


def test_there_is_no_other_form() -> None:
    with pytest.raises(ValueError, match="2014-11"):
        LocalPhantombuster(form="2020")


@pytest.mark.parametrize(
    ("form", "statuses"),
    [
        ("2014", [200, 405, 404, 404]),
        ("2014-11", [200, 405, 404, 404]),
        ("2015", [200, 200, 404, 404]),
        ("2017", [404, 404, 200, 200]),
        ("today", [404, 404, 405, 200]),
        ("later", [200, 200, 200, 200]),
    ],
)
@pytest.mark.parametrize("call", ["launch", "abort"])
def test_each_form_takes_its_own_shape_of_request(
    serve: Serve, form: str, statuses: list[int], call: str
) -> None:
    server = serve(form=form)
    shapes = [("GET", ".json"), ("POST", ".json"), ("GET", ""), ("POST", "")]
    asked = [send(server, f"agent/785/{call}{end}", method=method) for method, end in shapes]
    assert [answer.status for answer in asked] == statuses
    assert len(server.launches) == (statuses.count(200) if call == "launch" else 0)


@pytest.mark.parametrize("form", FORMS)
def test_reading_is_a_get(serve: Serve, form: str) -> None:
    server = serve(form=form)
    for path in ("user", "agent/785", "agent/785/output"):
        assert ask(server, path).status == 200
        assert ask(server, path, method="POST").status == 405


def test_the_shape_is_looked_at_before_the_key(serve: Serve) -> None:
    server = serve(form="today")
    assert send(server, "user.json", key="wrong").status == 404
    assert send(server, "user", key="wrong").status == 401


@pytest.mark.parametrize("form", ["2014", "2014-11", *SINCE_2015])
def test_a_long_argument_does_not_fit_into_a_url(serve: Serve, form: str) -> None:
    server, argument = serve(form=form), json.dumps("x" * 9_000)
    assert ask(server, "agent/785/launch", argument=argument).status == 414
    assert server.launches == []


@pytest.mark.parametrize("form", SINCE_2015)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
def test_parameters_are_read_from_the_body_since_2015(serve: Serve, form: str, kind: str) -> None:
    server, argument = serve(form=form), json.dumps("x" * 9_000)
    sent = {"command": "casperjs", "argument": argument}
    body = json.dumps(sent) if "json" in kind else f"command=casperjs&argument={argument}"
    assert ask(server, "agent/785/launch", body=body, kind=kind).status == 200
    (launch,) = server.launches
    assert (launch.command, launch.argument) == ("casperjs", argument)


@pytest.mark.parametrize(
    ("form", "name"),
    [("2014", "saveLaunchOptions"), ("2015", "saveLaunchOptions"), ("2017", "saveArgument")],
)
def test_a_launch_is_saved_by_the_parameter_of_its_form(serve: Serve, form: str, name: str) -> None:
    server = serve(form=form)
    for parameter in ("saveLaunchOptions", "saveArgument"):
        ask(server, "agent/785/launch", command="casperjs", argument="{}", **{parameter: "true"})
    assert [launch.save for launch in server.launches] == [
        name == "saveLaunchOptions",
        name == "saveArgument",
    ]
    record = ask(server, "agent/785").data
    assert record["argument"] == "{}"
    assert ("command" in record) == (name == "saveLaunchOptions")


def test_a_saved_argument_is_a_boolean(serve: Serve) -> None:
    server = serve(form="today")
    for agent, said in (("785", "false"), ("901", "1"), ("908", "")):
        ask(server, f"agent/{agent}/launch", saveArgument=said)
    body = json.dumps({"saveArgument": True})
    ask(server, "agent/904/launch", body=body, kind="application/json")
    assert [launch.save for launch in server.launches] == [False, True, False, True]


@pytest.mark.parametrize(
    ("form", "statuses"),
    [("2014", [200, 400, 400]), ("2015", [200, 200, 400]), ("2017", [200] * 3)],
)
def test_commands_come_and_go_with_the_years(serve: Serve, form: str, statuses: list[int]) -> None:
    server, words = serve(form=form), ("phantomjs", "node", "ruby")
    asked = [ask(server, "agent/785/launch", command=word).status for word in words]
    assert asked == statuses


@pytest.mark.parametrize("form", FORMS)
def test_a_launch_tells_what_its_form_knows(serve: Serve, form: str) -> None:
    server = serve(form=form)
    data = ask(server, "agent/785/launch").data
    container = server.launches[0].container_id
    lately = form in ("today", "v2")
    named = {"containerId": container if lately else int(container)}
    assert data == (None if form in ("2014", "2014-11") else named)
    assert len(container) == (16 if lately else 5)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("2014", {"status": "not running", "launchNumber": 0}),
        (
            "2014-11",
            {
                "status": "not running",
                "runningContainers": 0,
                "queuedContainers": 0,
                "containerId": 0,
            },
        ),
        ("2015", {"containerId": 0, "progress": IDLE}),
        ("2017", {"containerId": None, "progress": IDLE}),
        ("today", {"containerId": "", "progress": None, "containerStatus": "not running"}),
    ],
)
def test_an_agent_that_never_ran_is_told_so_in_each_form(
    serve: Serve, form: str, told: dict[str, Any]
) -> None:
    counted = {"agentStatus": "not running", "runningContainers": 0, "queuedContainers": 0}
    console = {"messages": [], "output": "", "outputPos": 0}
    expected = told | console | (counted if form in SINCE_2015 else {})
    assert ask(serve(form=form), "agent/785/output").data == expected


@pytest.mark.parametrize(
    ("form", "recent", "tracked"),
    [("2015", False, True), ("2017", False, True), ("today", True, True), ("later", True, True)],
)
def test_the_containers_status_may_be_told_in_track_mode_only(
    serve: Serve, form: str, recent: bool, tracked: bool
) -> None:
    server = serve(form=form)
    container = ask(server, "agent/785/launch").data["containerId"]
    asked = {"recent": {"mode": "most-recent"}, "tracked": {"containerId": container}}
    told = {name: ask(server, "agent/785/output", **how).data for name, how in asked.items()}
    assert ("containerStatus" in told["recent"]) is recent
    assert ("containerStatus" in told["tracked"]) is tracked
    assert told["recent"]["agentStatus"] == "queued"


def test_container_0_is_the_most_recent(serve: Serve) -> None:
    server = serve(form="2015")
    container = ask(server, "agent/785/launch").data["containerId"]
    assert ask(server, "agent/785/output", containerId=0).data["containerId"] == container


@pytest.mark.parametrize("form", ["2014", "2014-11"])
def test_the_forms_of_2014_know_no_containers(serve: Serve, form: str) -> None:
    server = serve(form=form)
    assert ask(server, "agent/785/containers").status == 404
    user = ask(server, "user").data
    assert user["plan"]
    assert user["agents"][0]["running"] is False


def test_in_november_2014_the_container_is_told_by_output_alone(serve: Serve, clock: Clock) -> None:
    server = serve(form="2014-11")
    for _ in range(2):
        ask(server, "agent/785/launch")
    assert ask(server, "agent/785/output").data["containerId"] == 0
    clock.advance(0.3)
    shown = ask(server, "agent/785/output").data
    assert (shown["runningContainers"], shown["queuedContainers"]) == (1, 1)
    assert shown["containerId"] == int(server.launches[0].container_id)
    clock.advance(9)
    later = ask(
        server,
        "agent/785/output",
        containerId=shown["containerId"],
        fromOutputPos=shown["outputPos"],
    ).data
    assert later["containerId"] == int(server.launches[1].container_id)
    assert later["output"].startswith("* Container ")


def test_today_the_parallel_limit_refuses_a_launch(serve: Serve, clock: Clock) -> None:
    server = serve(form="today")
    statuses = [ask(server, "agent/786/launch").status for _ in range(3)]
    refused = ask(server, "agent/786/launch")
    assert statuses == [200, 200, 429]
    assert refused.json["details"] == {"detailedErrorSlug": "maxParallelismReached"}
    assert refused.headers["Retry-After"] is None
    assert len(server.launches) == len(server.running()) == 2
    clock.advance(60)
    assert ask(server, "agent/786/launch").status == 200


@pytest.mark.parametrize(
    ("form", "launched", "field"),
    [("2014", 404, "message"), ("2017", 404, "message"), ("today", 400, "error")],
)
def test_an_unknown_agent_is_told_in_the_words_of_the_form(
    serve: Serve, form: str, launched: int, field: str
) -> None:
    server = serve(form=form)
    answer = ask(server, "agent/1/launch")
    assert (answer.status, answer.json[field]) == (launched, "Agent not found")
    assert ask(server, "agent/1/output").status == 404


def test_todays_ids_are_texts_and_its_times_milliseconds(serve: Serve, clock: Clock) -> None:
    server = serve(form="today")
    output = ended(server, clock, "908")
    (container,) = ask(server, "agent/908/containers").data
    entry = next(one for one in ask(server, "user").data["agents"] if one["id"] == "908")
    assert container["id"] == output["containerId"] == server.launches[0].container_id
    assert container["endDate"] - container["launchDate"] == 200
    assert container["endDate"] > 1e11
    assert ask(server, "agent/908").data["id"] == "908"
    assert entry["scriptId"] == "2908"
    assert "progress" not in entry


@pytest.mark.parametrize("form", SINCE_2015)
def test_no_end_is_an_empty_text(serve: Serve, form: str) -> None:
    entry = ask(serve(form=form), "user").data["agents"][0]
    assert (entry["lastEndMessage"], entry["lastEndStatus"]) == ("", "")


def test_todays_console_looks_as_seen_on_the_wire(serve: Serve, clock: Clock) -> None:
    server = serve(form="today")
    text = ended(server, clock, "785")["output"]
    lines = text.split("\r\n")
    record = ask(server, "agent/785").data
    folder = f"{record['userAwsFolder']}/{record['awsFolder']}"
    assert lines[0].startswith(f"* Container {server.launches[0].container_id} started in br-scw-")
    assert lines[1] == "* Spawning Node v16.20.2"
    assert lines[-4:-2] == [
        f"✅ CSV saved at https://phantombuster.s3.amazonaws.com/{folder}/result.csv",
        f"✅ JSON saved at https://phantombuster.s3.amazonaws.com/{folder}/result.json",
    ]
    assert lines[-2].startswith("* Process finished successfully (exit code: 0) (")
    assert lines[-1] == ""
    assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize("agent", ["904", "905", "906"])
def test_nothing_is_saved_where_nothing_was_found(serve: Serve, clock: Clock, agent: str) -> None:
    assert "saved at" not in ended(serve(form="today"), clock, agent)["output"]


def test_todays_results_are_texts_addresses_or_only_files(serve: Serve, clock: Clock) -> None:
    server = serve(form="today")
    rows = ended(server, clock, "785")["resultObject"]
    assert len(json.loads(rows)) == 120
    pointer = ended(server, clock, "902")
    assert set(pointer["resultObject"]) == {"csvURL", "jsonUrl"}
    assert pointer["resultObject"]["csvURL"] in pointer["output"]
    files = ended(server, clock, "786")
    assert "resultObject" not in files
    assert "✅ CSV saved at" in files["output"]
    assert ended(server, clock, "904")["resultObject"] == "[]"


@pytest.mark.parametrize("form", ["2015", "2017"])
def test_results_were_objects_once(serve: Serve, clock: Clock, form: str) -> None:
    server = serve(form=form)
    assert ended(server, clock, "908")["resultObject"] == {"hello": "world"}
    assert len(ended(server, clock, "786")["resultObject"]) == 10


@pytest.mark.parametrize(("form", "declined"), [("2015", False), ("2017", True), ("today", True)])
def test_a_large_result_may_be_declined_since_2017(
    serve: Serve, clock: Clock, form: str, declined: bool
) -> None:
    server = serve(form=form, agents=(LARGE,))
    ended(server, clock, "909")
    whole = ask(server, "agent/909/output")
    less = ask(server, "agent/909/output", withoutResultObject="true")
    assert len(whole.text) > 5_000_000
    assert (len(less.text) < 10_000) is declined


@pytest.mark.parametrize("form", [name for name in FORMS if name != "later"])
def test_positions_count_utf_16_units(serve: Serve, clock: Clock, form: str) -> None:
    agent = replace(LARGE, result=None, console=("🎉 é", "ok"))
    server = serve(form=form, agents=(agent,))
    whole = ended(server, clock, "909")
    assert whole["outputPos"] == len(whole["output"].encode("utf-16-le")) // 2
    at = whole["output"].index("ok") + 1  # the character before counts twice
    rest = ask(server, "agent/909/output", fromOutputPos=at).data
    assert rest["output"].startswith("ok")
