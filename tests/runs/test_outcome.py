import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.phantombuster.api import Agent, Container, Output, Progress
from phantombot.runs.cause import Cause
from phantombot.runs.console import Console, error_line, read_on
from phantombot.runs.ending import NOTHING_LAUNCHED, PRIVATE, Ending, Kind
from phantombot.runs.outcome import decide, has_ended, launch_failed

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RAN = {Kind.SUCCESS, Kind.EMPTY, Kind.FAILED, Kind.STOPPED, Kind.TIMED_OUT}
OF_A_LAUNCHED_RUN = {*RAN, Kind.LAUNCH_FAILED, Kind.LOST}


def output(form: str = "later", console: str = "", result: Any = None, **changes: Any) -> Output:
    return Output(
        **{
            "status": "not running",
            "launch_number": 7 if form == "2014" else None,
            "container_id": None if form == "2014" else "76426",
            "running": None,
            "queued": None,
            "progress": None,
            "console": console,
            "console_position": "0",
            "result": None if result is None else json.dumps(result),
            "tells_results": form != "2014",
            **changes,
        }
    )


def agent(status: str | None = None, said: str | None = None) -> Agent:
    return Agent("785", "LinkedIn Search", 0, 0, None, status, said)


def container(
    exit_code: int | None = None, status: str | None = None, said: str | None = None
) -> Container:
    ended = NOON + timedelta(seconds=250)
    return Container("76426", NOON, NOON, ended, 7, exit_code, status, said)


def read(shown: Output) -> Console:
    return read_on(Console(), shown.console, shown.console_position)


def decided(
    shown: Output, spoken: Agent | None, told: Container | None, *, seconds: float | None, **by: str
) -> Ending:
    return decide(shown, spoken, told, console=read(shown), seconds=seconds, **by)


def over(shown: Output, told: Container | None) -> bool:
    return has_ended(shown, read(shown), told)


FOLDER = "https://phantombuster.s3.amazonaws.com/xNdp30g5TSk/Fu1Js2zQ"
CSV, JSON_FILE = f"{FOLDER}/result.csv", f"{FOLDER}/result.json"
ELSEWHERE = "https://evil.test/result.csv"
SAVED = f"✅ CSV saved at {CSV}\r\n✅ JSON saved at {JSON_FILE}\r"
NOTHING_NEW = (Kind.EMPTY, Cause.ALL_PROCESSED)
FINISHED = "* Container a255 started\nhello\n* Process finished successfully (exit code: 0)"
CRASHED = "* Container a255 started\nTypeError: x\n* Process finished with an error (exit code: 1)"


@pytest.mark.parametrize(
    ("console", "status", "said", "kind", "exit_code"),
    [
        pytest.param(FINISHED, None, None, Kind.SUCCESS, 0, id="code 0 in the console"),
        pytest.param(CRASHED, None, None, Kind.FAILED, 1, id="code 1 in the console"),
        pytest.param(
            "", "success", "Agent finished with exit code 0", Kind.SUCCESS, 0, id="code 0 in words"
        ),
        pytest.param("", "error", "Agent exited with code 3", Kind.FAILED, 3, id="code 3 in words"),
        pytest.param("", "success", None, Kind.SUCCESS, None, id="success without words"),
        pytest.param("", "error", None, Kind.FAILED, None, id="error without words"),
        pytest.param(
            "", "launch failed", "no script", Kind.LAUNCH_FAILED, None, id="launch failed"
        ),
        pytest.param("", None, None, Kind.LOST, None, id="no word at all"),
        pytest.param("", "", "", Kind.LOST, None, id="empty words"),
        pytest.param("", "purple", "x", Kind.LOST, None, id="an unknown status"),
        pytest.param(
            CRASHED, "success", "exit code 0", Kind.FAILED, 1, id="the console beats the agent"
        ),
        pytest.param(
            FINISHED, "error", "exit code 1", Kind.SUCCESS, 0, id="and so it does the other way"
        ),
    ],
)
def test_in_the_2014_form_console_and_agent_tell_the_ending(
    console: str, status: str | None, said: str | None, kind: Kind, exit_code: int | None
):
    ending = decided(output("2014", console), agent(status, said), None, seconds=9)
    assert (ending.kind, ending.exit_code) == (kind, exit_code)


def test_in_the_2014_form_a_success_without_a_result_is_not_called_empty():
    assert decided(output("2014", FINISHED), None, None, seconds=9) == Ending(
        Kind.SUCCESS, exit_code=0, seconds=9
    )


@pytest.mark.parametrize(
    ("exit_code", "status", "said", "console", "kind"),
    [
        pytest.param(0, "success", "finished", "", Kind.SUCCESS, id="code 0"),
        pytest.param(0, None, None, "", Kind.SUCCESS, id="code 0 and nothing else"),
        pytest.param(0, "error", "x", CRASHED, Kind.SUCCESS, id="its own code beats the console"),
        pytest.param(1, "success", "x", FINISHED, Kind.FAILED, id="and so it does the other way"),
        pytest.param(1, "error", "Agent finished (error)", "", Kind.FAILED, id="code 1"),
        pytest.param(-1, "error", "x", "", Kind.FAILED, id="a negative code"),
        pytest.param(None, "success", "finished", "", Kind.SUCCESS, id="success without a code"),
        pytest.param(None, "error", "finished", "", Kind.FAILED, id="error without a code"),
        pytest.param(None, None, None, FINISHED, Kind.SUCCESS, id="code in the console only"),
        pytest.param(None, None, "exit code: 1", "", Kind.FAILED, id="code in the words only"),
        pytest.param(None, "launch failed", "x", "", Kind.LAUNCH_FAILED, id="launch failed"),
        pytest.param(None, None, None, "", Kind.LOST, id="no word at all"),
    ],
)
def test_in_the_later_form_the_container_tells_the_ending(
    exit_code: int | None, status: str | None, said: str | None, console: str, kind: Kind
):
    stale = agent("launch failed", "Agent aborted with exit code 99")
    shown = output(console=console, result=[1])
    ending = decided(shown, stale, container(exit_code, status, said), seconds=9)
    assert ending.kind is kind
    assert ending.said == (said or "")
    assert ending.exit_code != 99


@pytest.mark.parametrize(
    ("result", "kind", "results"),
    [
        pytest.param("[1, 2, 3]", Kind.SUCCESS, 3, id="list"),
        pytest.param("[null]", Kind.SUCCESS, 1, id="list of null"),
        pytest.param('{"csv": "x"}', Kind.SUCCESS, None, id="dict"),
        pytest.param("0", Kind.SUCCESS, None, id="zero"),
        pytest.param("false", Kind.SUCCESS, None, id="false"),
        pytest.param("12.5", Kind.SUCCESS, None, id="number"),
        pytest.param('"done"', Kind.SUCCESS, None, id="string"),
        pytest.param('"[1, 2]"', Kind.SUCCESS, 2, id="string that holds a list"),
        pytest.param('"[1, "', Kind.SUCCESS, None, id="string that holds half a list"),
        pytest.param("[" * 100_000 + "]" * 100_000, Kind.SUCCESS, None, id="too deep to read"),
        pytest.param('""', Kind.EMPTY, None, id="empty string"),
        pytest.param("[]", Kind.EMPTY, None, id="empty list"),
        pytest.param("{}", Kind.EMPTY, None, id="empty dict"),
        pytest.param('"[]"', Kind.EMPTY, None, id="string that holds an empty list"),
        pytest.param("null", Kind.SUCCESS, None, id="null"),
        pytest.param(None, Kind.SUCCESS, None, id="none was set"),
    ],
)
def test_an_empty_success_is_told_apart_from_a_success(
    result: str | None, kind: Kind, results: int | None
):
    ending = decided(replace(output(), result=result), None, container(0), seconds=None)
    assert (ending.kind, ending.results) == (kind, results)


EXPIRED = (Kind.FAILED, Cause.LINKEDIN_COOKIE_EXPIRED)
UNKNOWN = (Kind.FAILED, Cause.UNKNOWN)


@pytest.mark.parametrize(
    ("exit_code", "said", "console", "kind", "cause"),
    [
        (87, "Agent finished (error)", "", Kind.FAILED, Cause.COOKIE),
        (1, "The session cookie has expired", "", Kind.FAILED, Cause.COOKIE),
        (1, "", "Error: your cookie is not valid", Kind.FAILED, Cause.COOKIE),
        (1, "", "Error: invalid session cookie", Kind.FAILED, Cause.COOKIE),
        (1, "Parallel execution limit reached", "", Kind.FAILED, Cause.PARALLEL),
        (1, "No execution time left", "", Kind.FAILED, Cause.TIME_USED_UP),
        (1, "Storage is full", "", Kind.FAILED, Cause.STORAGE),
        (1, "Storage limit exceeded", "", Kind.FAILED, Cause.STORAGE),
        (1, "", "* Agent has no associated script", Kind.FAILED, Cause.NO_SCRIPT),
        (1, "Agent finished (error)", "", Kind.FAILED, Cause.UNKNOWN),
        (1, "", "Execution time: 12 s, 3 pages in parallel", Kind.FAILED, Cause.UNKNOWN),
        (1, "", "Scraped the storage limit page", Kind.FAILED, Cause.UNKNOWN),
        (1, "Agent aborted by user", "", Kind.STOPPED, Cause.UNKNOWN),
        (None, "Agent killed", "", Kind.STOPPED, Cause.UNKNOWN),
        (1, "", "* Process killed", Kind.STOPPED, Cause.UNKNOWN),
        (1, "", "the script aborted", Kind.FAILED, Cause.UNKNOWN),
        (1, "", "* Agent LinkedIn Skills failed", Kind.FAILED, Cause.UNKNOWN),
        (1, "Execution time limit reached", "", Kind.TIMED_OUT, Cause.RUN_TIME),
        (1, "Agent killed: global timeout", "", Kind.TIMED_OUT, Cause.RUN_TIME),
        (1, "", "* Process timed out", Kind.TIMED_OUT, Cause.RUN_TIME),
        (84, "", "❌ Can't connect to Twitter with this session cookie.", *EXPIRED),
        (87, "", "❌ No valid credentials found", Kind.FAILED, Cause.COOKIE),
        (87, "", "❌ Session cookie not valid anymore. Please log in to LinkedIn", *EXPIRED),
        (1, "", "⚠️ everyone from this sheet's already been processed", *UNKNOWN),
        (1, "", "Navigation timed out", Kind.FAILED, Cause.UNKNOWN),
    ],
    ids=lambda value: str(value)[:28] or "-",
)
def test_phantombusters_words_tell_why(
    exit_code: int | None, said: str, console: str, kind: Kind, cause: Cause
):
    told = container(exit_code, "error", said)
    ending = decided(output(console=console), None, told, seconds=None)
    assert (ending.kind, ending.cause) == (kind, cause)


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (None, "killed", Kind.STOPPED),
        ("", "Agent killed", Kind.STOPPED),
        ("error", "killed", Kind.STOPPED),
        (None, "agent timeout", Kind.TIMED_OUT),
        ("purple", "org timeout", Kind.TIMED_OUT),
        ("purple", "unknown", Kind.LOST),
    ],
)
def test_a_killed_run_has_no_exit_code(status: str | None, said: str, kind: Kind):
    assert decided(output(), None, container(None, status, said), seconds=None).kind is kind


@pytest.mark.parametrize(("result", "kind"), [([1], Kind.SUCCESS), ([], Kind.EMPTY)])
def test_a_run_that_ended_by_itself_as_it_was_asked_to_has_finished(result: Any, kind: Kind):
    told = replace(container(0), end_type="finished")
    ending = decided(output(result=result), None, told, seconds=None, stopped_by="U0BOB")
    assert (ending.kind, ending.stopped_by) == (kind, "U0BOB")


@pytest.mark.parametrize(
    ("result", "console", "kind", "results", "files"),
    [
        pytest.param(None, SAVED, Kind.SUCCESS, None, (CSV, JSON_FILE), id="the console"),
        pytest.param([], SAVED, Kind.SUCCESS, 0, (CSV, JSON_FILE), id="no rows, but files"),
        pytest.param([1], SAVED, Kind.SUCCESS, 1, (CSV, JSON_FILE), id="rows and files"),
        pytest.param({"csvURL": CSV}, "", Kind.SUCCESS, None, (CSV,), id="a pointer"),
        pytest.param(
            {"csvUrl": CSV, "jsonURL": JSON_FILE},
            "",
            Kind.SUCCESS,
            None,
            (CSV, JSON_FILE),
            id="a pointer of another spelling",
        ),
        pytest.param({"csvURL": ELSEWHERE}, "", Kind.SUCCESS, None, (), id="to elsewhere"),
        pytest.param({}, f"CSV saved at {ELSEWHERE}", Kind.EMPTY, None, (), id="saved elsewhere"),
        pytest.param(None, f"Getting data from {CSV}...", Kind.SUCCESS, None, (), id="the input"),
    ],
)
def test_files_that_are_named_are_results(
    result: Any, console: str, kind: Kind, results: int | None, files: tuple[str, ...]
):
    shown = output(console=f"{console}\r\n* Process finished (exit code: 0)", result=result)
    ending = decided(shown, None, container(0), seconds=None)
    assert (ending.kind, ending.results, ending.files) == (kind, results, files)


def test_a_run_that_failed_keeps_the_files_it_saved():
    shown = output(console=f"{SAVED}\nTypeError: x\n* Process finished (exit code: 1)")
    ending = decided(shown, None, container(1), seconds=None)
    assert (ending.kind, ending.files) == (Kind.FAILED, (CSV, JSON_FILE))


@pytest.mark.parametrize(
    ("said", "result", "kind", "cause"),
    [
        ("⚠️ Spreadsheet is empty OR everyone is processed", None, *NOTHING_NEW),
        ("⚠️ Input spreadsheet is empty OR we already scraped all the profiles", [], *NOTHING_NEW),
        ("⚠️ Spreadsheet is empty or everyone is already added", [1], Kind.SUCCESS, ""),
        ("⚠️ Twitter rate limit reached", [1], Kind.SUCCESS, ""),
        ("⚠️ Rate limited by the site", [1], Kind.SUCCESS, Cause.RATE_LIMITED),
        ("⚠️ You've reached the weekly invitation limit", [], Kind.EMPTY, Cause.WEEKLY_LIMIT),
        ("⚠️ Disconnected by LinkedIn, so much for that", None, Kind.SUCCESS, Cause.DISCONNECTED),
        ("Ada asks how to get round the weekly invitation limit", [1], Kind.SUCCESS, ""),
        ("❌ cookie expired", [1], Kind.SUCCESS, ""),
    ],
)
def test_what_a_finished_run_says_of_itself_is_told(said: str, result: Any, kind: Kind, cause: str):
    shown = output(console=f"{said}\r\n* Process finished successfully (exit code: 0) (Sat)\r\n")
    shown = replace(shown, result=None if result is None else json.dumps(result))
    ending = decided(shown, None, container(0), seconds=None)
    assert (ending.kind, ending.cause) == (kind, cause)


@pytest.mark.parametrize("code", [0, 1, 84])
def test_the_exit_code_stands_in_the_last_line_of_todays_console(code: int):
    lines = (
        "Warming up",
        "* Container 7666128429580813 started in br-scw-1 (Sat Nov 28 2026 12:00:00 GMT+0000)",
        "✅ Data successfully saved!",
        f"* Process finished somehow (exit code: {code}) (Sat Nov 28 2026 12:04:10 GMT+0000)",
    )
    shown = output(console="".join(f"{line}\r\n" for line in lines))
    assert over(shown, None)
    assert decided(shown, None, None, seconds=None).exit_code == code


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("Agent has no associated script", Cause.NO_SCRIPT),
        ("Maximum parallel executions reached", Cause.PARALLEL),
        ("You have no time left", Cause.TIME_USED_UP),
        ("Storage full", Cause.STORAGE),
        ("Something else", Cause.UNKNOWN),
    ],
)
def test_a_launch_that_failed_has_no_duration_but_a_cause(said: str, cause: Cause):
    expected = Ending(Kind.LAUNCH_FAILED, cause=cause, said=said)
    spoken = agent("launch failed", said)
    assert decided(output("2014"), spoken, None, seconds=9) == expected
    assert decided(output(), None, container(None, "launch failed", said), seconds=9) == expected
    assert launch_failed(spoken) == expected


@pytest.mark.parametrize(
    "stale",
    [None, agent(), agent("error", "Agent finished with exit code 1"), agent("success", "done")],
    ids=["no agent", "never ran", "failed before", "succeeded before"],
)
def test_a_launch_that_never_started_does_not_repeat_an_earlier_runs_words(stale: Agent | None):
    assert launch_failed(stale) == Ending(Kind.LAUNCH_FAILED)


@pytest.mark.parametrize(
    ("ended", "progress", "seconds", "expected"),
    [
        pytest.param(True, 72, 9, 250, id="the container's own time"),
        pytest.param(False, 72, 9, 72, id="else the runtime of the progress"),
        pytest.param(False, None, 9, 9, id="else our own clock"),
        pytest.param(False, None, None, None, id="else none"),
    ],
)
def test_the_duration_comes_from_whoever_knows_best(
    ended: bool, progress: int | None, seconds: float | None, expected: float | None
):
    shown = replace(output(), progress=Progress(None, None, progress))
    told = container(0) if ended else replace(container(0), ended_at=None)
    assert decided(shown, None, told, seconds=seconds).seconds == expected


@pytest.mark.parametrize(
    ("status", "console", "given", "expected"),
    [
        ("not running", "", None, False),
        ("not running", "still starting", None, False),
        ("not running", "a script prints exit code: 0", None, False),
        ("not running", FINISHED, None, True),
        ("not running", "", container(0), True),
        ("not running", "", container(), True),
        ("running", FINISHED, container(0), False),
        ("queued", "", container(0), False),
    ],
    ids=lambda value: "container" if isinstance(value, Container) else str(value)[:20],
)
def test_a_run_has_ended_only_where_there_is_proof(
    status: str, console: str, given: Container | None, expected: bool
):
    assert over(output(console=console, status=status), given) is expected


@pytest.mark.parametrize(
    ("console", "expected"),
    [
        ("", ""),
        ("all is well", ""),
        ("hello\n  TypeError: x is undefined  \nError: second", "TypeError: x is undefined"),
        ("* Process finished with an error (exit code: 1)", ""),
        ("* error\nAccess denied", "Access denied"),
        ("\n\n\r\nfatal: no disk\r\n", "fatal: no disk"),
        ("cookie EXPIRED", "cookie EXPIRED"),
        ("Login failed", "Login failed"),
        ("Invalid url", "Invalid url"),
        ("an exception", "an exception"),
        ("error" + "!" * 5_000_000, "error" + "!" * 495),
    ],
)
def test_the_first_line_of_the_scripts_own_that_looks_like_an_error_is_quoted(
    console: str, expected: str
):
    assert error_line(console) == expected
    failed = decided(output(console=console), None, container(1), seconds=None)
    assert failed.line == expected


def test_a_mistake_of_typing_launches_nothing_and_a_run_that_ran_was_launched():
    assert PRIVATE < NOTHING_LAUNCHED
    assert set(Kind) - NOTHING_LAUNCHED - OF_A_LAUNCHED_RUN == {Kind.NOT_FOUND}
    assert not NOTHING_LAUNCHED & OF_A_LAUNCHED_RUN


@pytest.mark.parametrize("kind", Kind)
def test_every_ending_comes_back_from_the_store_as_it_was(kind: Kind):
    assert Ending(kind=kind.value, cause="cookie").files == ()
    ending = Ending(kind, "COOKIE", "said", "line", 87, 1.5, 3, (("785", "A"), ("786", "B")), "U1")
    ending = replace(ending, files=(CSV, JSON_FILE))
    assert Ending(**json.loads(json.dumps(asdict(ending)))) == ending


WORDS = st.sampled_from(
    [
        *("", FINISHED, CRASHED, "exit code 0", "exit code: -9", "aborted", "timed out"),
        *("no script", SAVED, "cookie expired", "everyone is processed", "* exit code: 84"),
    ]
) | st.text(max_size=40)
NUMBERS = st.none() | st.integers(-(2**63), 2**63)
TIMES = st.none() | st.datetimes(timezones=st.just(UTC))
STATUSES = st.sampled_from([None, "success", "error", "launch failed", "", "other"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
OUTPUTS = st.builds(
    Output,
    status=st.sampled_from(["queued", "running", "not running"]),
    tells_results=st.booleans(),
    launch_number=NUMBERS,
    container_id=st.none() | st.text(max_size=5),
    running=NUMBERS,
    queued=NUMBERS,
    progress=st.none() | st.builds(Progress, st.none(), st.none(), NUMBERS),
    console=WORDS,
    console_position=st.none() | st.text(max_size=3),
    result=st.none() | JSON.map(json.dumps) | st.text(max_size=9),
)
AGENTS = st.none() | st.builds(agent, STATUSES, st.none() | WORDS)
CONTAINERS = st.none() | st.builds(
    Container,
    id=st.just("76426"),
    queued_at=TIMES,
    launched_at=TIMES,
    ended_at=TIMES,
    launch_number=NUMBERS,
    exit_code=NUMBERS,
    end_status=STATUSES,
    end_message=st.none() | WORDS,
)


@given(OUTPUTS, AGENTS, CONTAINERS, st.none() | st.floats(0, 1e9))
def test_whatever_is_said_a_launched_run_gets_one_ending_that_can_be_stored(
    shown: Output, spoken: Agent | None, told: Container | None, seconds: float | None
):
    ending = decided(shown, spoken, told, seconds=seconds)
    assert ending.kind in OF_A_LAUNCHED_RUN
    assert Ending(**json.loads(json.dumps(asdict(ending)))) == ending
    assert over(shown, told) in (True, False)
