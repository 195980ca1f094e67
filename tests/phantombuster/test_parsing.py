import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.errors import AnswerUnreadable
from phantombot.phantombuster import parsing as answers
from phantombot.phantombuster.api import Agent, Container, Output, Progress

OUTPUT_2014 = {
    "status": "running",
    "launchNumber": 94,
    "messages": [{"id": 65444, "date": 1414080820, "text": "Agent started", "type": "normal"}],
    "output": "* Container a255b8220379 started",
    "outputPos": 8,
}
OUTPUT_LATER: dict[str, Any] = {
    "agentStatus": "queued",
    "containerStatus": "not running",
    "runningContainers": 0,
    "queuedContainers": 2,
    "containerId": 76427,
    "progress": {"progress": 0.1, "label": "Initializing...", "runtime": 3},
    "messages": [],
    "output": "* Process finished",
    "outputPos": 245,
    "resultObject": {"your": "data"},
}
AGENT_LATER: dict[str, Any] = {
    "id": 1713,
    "name": "My second agent",
    "lastEndMessage": "Agent finished with exit code 0",
    "lastEndStatus": "success",
    "queuedContainers": 2,
    "runningContainers": 1,
    "progress": {"progress": 0.544, "label": "A progress label", "runtime": 477},
}
READERS = [
    answers.read_account,
    answers.read_output,
    answers.read_containers,
]
TOO_DEEP: Any = []
for _ in range(100_000):
    TOO_DEEP = [TOO_DEEP]


def test_the_2014_form_of_output_is_read() -> None:
    output = answers.read_output(OUTPUT_2014)
    assert (output.tells_results, output.status) == (False, "running")
    assert (output.launch_number, output.container_id) == (94, None)
    assert (output.running, output.queued, output.progress, output.result) == (None,) * 4
    assert (output.console, output.console_position) == ("* Container a255b8220379 started", "8")


def test_the_later_form_of_output_is_read() -> None:
    output = answers.read_output(OUTPUT_LATER)
    assert (output.tells_results, output.status) == (True, "not running")
    assert (output.launch_number, output.container_id) == (None, "76427")
    assert (output.running, output.queued) == (0, 2)
    assert output.progress == Progress(0.1, "Initializing...", 3)
    assert output.result == '{"your": "data"}'


def test_the_repr_of_an_output_shows_neither_console_nor_result_nor_messages() -> None:
    message = {"id": 1, "date": 1414080820, "text": "confidential", "type": "normal"}
    said = {"output": "confidential", "resultObject": "confidential", "messages": [message]}
    shown = repr(answers.read_output(OUTPUT_LATER | said))
    assert "76427" in shown
    assert "confidential" not in shown


@pytest.mark.parametrize(
    ("told", "result"),
    [
        pytest.param(None, None, id="null"),
        pytest.param("null", None, id="null in a string"),
        pytest.param("", '""', id="an empty string"),
        pytest.param("not JSON", '"not JSON"', id="a string"),
        pytest.param("NaN", '"NaN"', id="what is no JSON"),
        pytest.param("[" * 100_000, json.dumps("[" * 100_000), id="what is too deep"),
        pytest.param(' {"a": [1, 2]}\n', '{"a": [1, 2]}', id="JSON in a string"),
        pytest.param('"\\"once\\""', '"\\"once\\""', id="unwrapped once only"),
        pytest.param([], "[]", id="an empty list"),
        pytest.param({"é": "\ud800"}, '{"é": "?"}', id="half a character"),
    ],
)
def test_a_result_becomes_json_text(told: Any, result: str | None) -> None:
    assert answers.read_output(OUTPUT_LATER | {"resultObject": told}).result == result


def test_a_result_is_none_where_none_was_set() -> None:
    unset = {name: value for name, value in OUTPUT_LATER.items() if name != "resultObject"}
    assert answers.read_output(unset).result is None


@pytest.mark.parametrize(
    ("told", "progress"),
    [
        pytest.param({"progress": None, "label": None, "runtime": None}, None, id="idle"),
        pytest.param({}, None, id="empty"),
        pytest.param("half", None, id="no object"),
        pytest.param({"progress": 7}, Progress(1.0, None, None), id="clamped above"),
        pytest.param({"progress": -1e300}, Progress(0.0, None, None), id="clamped below"),
        pytest.param({"progress": 10**400}, Progress(1.0, None, None), id="huge"),
        pytest.param({"progress": float("nan")}, None, id="NaN"),
        pytest.param({"progress": True}, None, id="a bool is no number"),
        pytest.param({"label": "x" * 51}, Progress(None, "x" * 50, None), id="label cut"),
        pytest.param({"runtime": 3.7}, Progress(None, None, 3), id="whole seconds"),
    ],
)
def test_a_progress_is_read_or_dropped(told: Any, progress: Progress | None) -> None:
    assert answers.read_output(OUTPUT_LATER | {"progress": told}).progress == progress


def test_an_account_of_the_later_form_is_read() -> None:
    account = answers.read_account({"timeLeft": 14087, "agents": [AGENT_LATER]})
    progress = Progress(0.544, "A progress label", 477)
    ended = ("success", "Agent finished with exit code 0")
    assert account.agents == (Agent("1713", "My second agent", 1, 2, progress, *ended),)
    assert account.time_left == 14087


@pytest.mark.parametrize(("running", "count"), [(True, 1), (False, 0)])
def test_an_agent_of_the_2014_form_is_running_or_not(running: bool, count: int) -> None:
    told = {"id": "785", "name": None, "running": running}
    agent = answers.read_account({"agents": [told]}).agents[0]
    assert agent == Agent("785", "", count, 0, None, None, None)


def test_a_container_is_read() -> None:
    told = {
        "id": 195119,
        "queueDate": 1427810471,
        "launchDate": "1427810472",
        "launchType": "automatic",
        "launchNumber": 476,
        "endDate": 1427812088000,
        "lastEndMessage": "Agent finished (error)",
        "lastEndStatus": "error",
        "exitCode": 1,
    }
    queued, launched, ended = (
        datetime.fromtimestamp(seconds, UTC) for seconds in (1427810471, 1427810472, 1427812088)
    )
    said = ("error", "Agent finished (error)")
    expected = Container("195119", queued, launched, ended, 476, 1, *said)
    assert answers.read_containers([told]) == (expected,)


@pytest.mark.parametrize(
    ("data", "container_id"),
    [
        (None, None),
        (76426, "76426"),
        ("1234567890123456", "1234567890123456"),
        ({"containerId": 76426}, "76426"),
        ({"containerId": "7666128429580813"}, "7666128429580813"),
        ({"containerId": "a255b8220379"}, "a255b8220379"),
        ({"containerId": 76426.0}, "76426"),
        ({"containerId": None}, None),
        ({"containerId": 0}, None),
        ({"containerId": "0"}, None),
        ({"containerId": ""}, None),
        ({"containerId": {}}, None),
        ({"containerId": "a\nb"}, None),
        ({}, None),
        ([], None),
        (True, None),
        (0, None),
        ("", None),
    ],
)
def test_every_answer_to_a_launch_is_read(data: Any, container_id: str | None) -> None:
    assert answers.read_launch(data) == container_id


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1414080820, 1414080820),
        (1414080820.5, 1414080820.5),
        ("1414080820.5", 1414080820.5),
        ("1414080820", 1414080820),
        (1414080820123, 1414080820.123),
        ("1414080820123", 1414080820.123),
        (100_000_000_000, 100_000_000_000),
        (100_000_001_000, 100_000_001),
    ],
)
def test_a_time_is_seconds_or_milliseconds(value: Any, seconds: float) -> None:
    assert answers.read_time(value) == datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    "value",
    [None, 0, -5, True, "", "soon", "\u0661\u0664", [], {}, float("nan"), 1e300, 10**400, "9" * 18],
)
def test_what_is_no_time_is_none(value: Any) -> None:
    assert answers.read_time(value) is None


UNSET: Any = object()


def without_unset(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not UNSET}


@pytest.mark.parametrize(
    ("container", "agent", "status", "read"),
    [
        pytest.param("queued", "running", "not running", "queued", id="the container's"),
        pytest.param(UNSET, "running", "queued", "running", id="else the agent's"),
        pytest.param(None, "running", "queued", "running", id="null is none"),
        pytest.param("", "running", "queued", "running", id="empty is none"),
        pytest.param(5, ["running"], "queued", "queued", id="what is no word is none"),
        pytest.param(UNSET, UNSET, "not running", "not running", id="else the one of 2014"),
        pytest.param(" Running ", UNSET, UNSET, "running", id="in capitals, with spaces"),
        pytest.param("launch error", "running", "queued", None, id="an unknown word"),
        pytest.param(UNSET, "starting", "queued", None, id="an unknown word of the agent"),
        pytest.param(UNSET, UNSET, UNSET, None, id="none at all"),
    ],
)
def test_a_status_is_the_first_that_is_told(
    container: Any, agent: Any, status: Any, read: str | None
) -> None:
    told = {"containerStatus": container, "agentStatus": agent, "status": status, "output": "x"}
    assert answers.read_output(without_unset(told)).status == read


@pytest.mark.parametrize(
    "none", [UNSET, None, 0, "", "0", -5, True, 1.5, [], {}, "a\nb", "x" * 101]
)
def test_what_is_no_container_id_is_none(none: Any) -> None:
    told = without_unset(OUTPUT_LATER | {"containerId": none})
    assert answers.read_output(told).container_id is None


@pytest.mark.parametrize(
    ("told", "read"),
    [(2, 2), ("2", 2), (2.0, 2), (0, 0), *((odd, None) for odd in (None, -1, "", "two", True, []))],
)
def test_a_counter_is_a_number_or_unknown(told: Any, read: int | None) -> None:
    output = answers.read_output(OUTPUT_LATER | {"runningContainers": told})
    assert (output.running, output.queued) == (read, 2)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (8, "8"),
        ("8", "8"),
        ("a5:81", "a5:81"),
        (0, "0"),
        *((odd, None) for odd in (None, "", "a\nb", "x" * 101, 1.5, True, [8], {})),
    ],
)
def test_a_position_in_the_console_is_handed_back_as_it_came(told: Any, read: str | None) -> None:
    assert answers.read_output(OUTPUT_LATER | {"outputPos": told}).console_position == read


@pytest.mark.parametrize("nothing", [None, {}])
def test_an_output_that_says_nothing_is_no_error(nothing: Any) -> None:
    assert answers.read_output(nothing) == Output()


@pytest.mark.parametrize("later", ["containerStatus", "agentStatus", "resultObject", "progress"])
def test_a_field_of_2015_shows_that_results_are_told(later: str) -> None:
    november = OUTPUT_2014 | {"runningContainers": 1, "queuedContainers": 0, "containerId": 5}
    assert not answers.read_output(november).tells_results
    assert answers.read_output(november | {later: None}).tells_results


ODD_AGENTS = [
    None,
    "1713",
    [],
    {},
    *(
        {**AGENT_LATER, "id": odd}
        for odd in (None, 0, "", "0785", "\u0667", True, 10**400, 1.5, [])
    ),
]


@pytest.mark.parametrize("odd", ODD_AGENTS)
def test_an_odd_agent_is_left_out_alone(odd: Any) -> None:
    account = answers.read_account({"agents": [AGENT_LATER, odd, AGENT_LATER | {"id": "9"}]})
    assert [agent.id for agent in account.agents] == ["1713", "9"]


@pytest.mark.parametrize("odd", [UNSET, None, -1, True, "", "two", [], {}])
@pytest.mark.parametrize("name", ["runningContainers", "queuedContainers"])
def test_an_agent_whose_counters_are_odd_is_listed_uncounted(name: str, odd: Any) -> None:
    (agent,) = answers.read_account({"agents": [without_unset(AGENT_LATER | {name: odd})]}).agents
    assert (agent.id, agent.running, agent.queued, agent.counted) == ("1713", 0, 0, False)


def test_the_counters_of_an_agent_may_be_texts() -> None:
    told = AGENT_LATER | {"runningContainers": "1", "queuedContainers": "2"}
    (agent,) = answers.read_account({"agents": [told]}).agents
    assert (agent.running, agent.queued, agent.counted) == (1, 2, True)


@pytest.mark.parametrize("name", ["name", "lastEndMessage", "lastEndStatus", "progress"])
@pytest.mark.parametrize("odd", [UNSET, None, 5, True, [], {}, "\ud800"])
def test_what_does_not_decide_hides_no_agent(name: str, odd: Any) -> None:
    (agent,) = answers.read_account({"agents": [without_unset(AGENT_LATER | {name: odd})]}).agents
    assert (agent.id, agent.running, agent.queued) == ("1713", 1, 2)


@pytest.mark.parametrize("odd", [UNSET, None, "", "soon", True, [], {}])
def test_time_left_that_is_no_number_is_unknown(odd: Any) -> None:
    assert answers.read_account(without_unset({"agents": [], "timeLeft": odd})).time_left is None


@pytest.mark.parametrize("odd", [None, "195119", [], {}, {"id": None}, {"id": 0}, {"id": ""}])
def test_an_odd_container_is_left_out_alone(odd: Any) -> None:
    containers = answers.read_containers([{"id": 195119}, odd, {"id": "195118"}])
    assert [container.id for container in containers] == ["195119", "195118"]


def test_of_a_text_that_patterns_look_through_only_the_beginning_is_kept() -> None:
    told = dict.fromkeys(["name", "lastEndStatus", "lastEndMessage"], "cookie" * 800_000)
    agent = answers.read_account({"agents": [{"id": 1, **told}]}).agents[0]
    container = answers.read_containers([{"id": 1, **told}])[0]
    kept = [agent.name, agent.last_end_status, agent.last_end_message]
    kept += [container.end_status, container.end_message]
    assert all(text and text.startswith("cookie") and len(text) <= 2_000 for text in kept)


NAMES = ["queueDate", "launchDate", "endDate", "launchType", "launchNumber", "exitCode"]


@pytest.mark.parametrize("name", [*NAMES, "lastEndStatus", "lastEndMessage"])
@pytest.mark.parametrize("odd", [None, True, [], {}])
def test_what_is_odd_of_a_container_is_unknown(name: str, odd: Any) -> None:
    assert answers.read_containers([{"id": 1, name: odd}]) == answers.read_containers([{"id": 1}])


@pytest.mark.parametrize(
    ("data", "of_2014"),
    [
        ({"plan": "Free", "agents": []}, None),
        ({"plan": "Free"}, None),
        ({"plan": "Free", "agents": [{"id": 785, "running": 1}]}, None),
        ({"agents": [{"id": 785, "running": False}]}, True),
        ({"plan": "Free", "agents": [AGENT_LATER]}, False),
        ({"agents": [None, AGENT_LATER]}, False),
        *(
            (told, None)
            for told in ({"agents": []}, {"agents": {}}, {"agents": [None]}, {}, None, [])
        ),
    ],
)
def test_an_account_of_2014_is_known_by_its_fields(data: Any, of_2014: bool | None) -> None:
    assert answers.is_of_2014(data) is of_2014


@pytest.mark.parametrize(
    ("data", "counts"),
    [
        (OUTPUT_2014, True),
        (OUTPUT_2014 | {"runningContainers": 1}, False),
        (OUTPUT_LATER, False),
        (OUTPUT_LATER | {"launchNumber": 5}, False),
        *((told, None) for told in ({"status": "running"}, {}, None, [])),
    ],
)
def test_launch_numbers_are_those_of_october_2014(data: Any, counts: bool | None) -> None:
    assert answers.counts_launches(data) is counts


@pytest.mark.parametrize(
    ("read", "data"),
    [
        *((answers.read_account, odd) for odd in (None, {}, [], "x", {"agents": None})),
        (answers.read_account, {"agents": {"1": AGENT_LATER}}),
        *((answers.read_output, odd) for odd in ([], "running", 5, False)),
        (answers.read_output, OUTPUT_LATER | {"resultObject": TOO_DEEP}),
        (answers.read_output, OUTPUT_LATER | {"resultObject": [float("inf")]}),
        *((answers.read_containers, odd) for odd in (None, {}, "x")),
    ],
)
def test_where_what_was_asked_for_is_missing_the_answer_is_unreadable(read: Any, data: Any) -> None:
    with pytest.raises(AnswerUnreadable):
        read(data)


WORDS = sorted({*OUTPUT_2014, *OUTPUT_LATER, *AGENT_LATER, "agents", "running", "queueDate"})
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["running", "queued", "not running", "{}", 10**400, "\ud800\0"])
)  # fmt: skip
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(), inner, max_size=8)
    ),
    max_leaves=20,
)


WHOLE = st.sampled_from([OUTPUT_LATER, OUTPUT_2014, AGENT_LATER, {"agents": []}])


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@given(data=ANY_JSON, whole=WHOLE, patch=st.dictionaries(st.sampled_from(WORDS), ANY_JSON))
def test_whatever_comes_is_read_or_unreadable(read: Any, data: Any, whole: Any, patch: Any) -> None:
    for told in (data, [data], whole | patch, [whole | patch], {"agents": [whole | patch]}):
        with suppress(AnswerUnreadable):
            repr(read(told)).encode()


@given(data=ANY_JSON, patch=st.dictionaries(st.sampled_from(WORDS), ANY_JSON))
def test_whatever_is_odd_hides_no_other_agent_and_no_other_container(data: Any, patch: Any) -> None:
    odd = (data, AGENT_LATER | patch)
    account = answers.read_account({"agents": [AGENT_LATER, *odd, AGENT_LATER | {"id": "9"}]})
    assert (account.agents[0].id, account.agents[-1].id) == ("1713", "9")
    containers = answers.read_containers([{"id": 5}, *odd, {"id": 6}])
    assert (containers[0].id, containers[-1].id) == ("5", "6")


@given(data=ANY_JSON)
def test_no_answer_to_a_launch_is_an_error(data: Any) -> None:
    for told in (data, {"containerId": data}):
        container_id = answers.read_launch(told)
        assert container_id is None or container_id.isprintable()


HUGE = [2**31, 2**32, 2**53, 2**63 - 1, 2**63, 10**30, 1e300, -(2**31) - 1, -(2**63), "9" * 18]


@pytest.mark.parametrize("number", HUGE, ids=str)
def test_no_number_is_larger_than_its_column(number: Any) -> None:
    container = {"id": 1, "exitCode": number, "launchNumber": number, "endDate": number}
    (ended,) = answers.read_containers([container])
    assert ended.exit_code is None
    assert ended.launch_number is None or abs(ended.launch_number) < 2**63
    assert ended.ended_at is None or ended.ended_at.year <= 9000
    told = {"runningContainers": number, "queuedContainers": number}
    (agent,) = answers.read_account({"agents": [AGENT_LATER | told]}).agents
    assert 0 <= agent.running + agent.queued < 2**31
    output = answers.read_output(OUTPUT_LATER | told | {"launchNumber": number})
    assert 0 <= (output.running or 0) + (output.queued or 0) < 2**31
    assert output.launch_number is None or abs(output.launch_number) < 2**63


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (2**31 - 1, 2**31 - 1),
        (2**40, 2**31 - 1),
        (-(2**40), -(2**31) + 1),
        (2**70, None),
        (float("nan"), None),
    ],
)
def test_more_time_left_than_fits_is_the_most_that_does(told: Any, read: int | None) -> None:
    assert answers.read_account({"agents": [], "timeLeft": told}).time_left == read


@pytest.mark.parametrize("runtime", [2**31, -(2**40), 10**18])
def test_a_run_time_of_centuries_is_unknown(runtime: int) -> None:
    told = answers.read_output(OUTPUT_LATER | {"progress": {"runtime": runtime}})
    assert told.progress is None
