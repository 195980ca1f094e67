import json
from dataclasses import replace
from typing import Any

import pytest
from fakes import KEY
from stage import Stage, asker, refused, rewrite

from phantombot.database.vault import Vault
from phantombot.errors import AgentNotFound, RunExpired, ServerFault
from phantombot.phantombuster.account import Api, Org
from phantombot.phantombuster.api import Account, Progress
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run
from phantombot.runs.output import (
    RunOutput,
    account_status,
    agent_status,
    find_agents,
    last_output,
    output_in,
    output_of,
    whole_result,
)
from phantombot.runs.redact import LAST_LAUNCHES
from phantombot.runs.store import Runs

COOKIE = "li_at-canary-AQEDARx9wZ"
CSV = "https://phantombuster.s3.amazonaws.com/xNdp30g5TSk/Fu1Js2zQ/result.csv"
LAUNCH = {"argument": json.dumps({"cookie": COOKIE, "pages": "x"})}


def printed(stage: Stage, typed: str = "785", *, quoted: bool = False) -> RunOutput:
    return last_output(stage.context, asker(), typed, quoted=quoted)


def launched(stage: Stage, **changes: Any) -> Run:
    """Return a run of ours that Phantombuster has accepted."""
    number = stage.type(**changes)
    stage.process_workspace(1)
    return stage.run(number)


def test_the_account_shows_what_goes_on_and_the_time_left(stage: Stage):
    stage.phantombuster.add("786", "Idle")
    stage.phantombuster.start_elsewhere().progress = Progress(0.5, "Page 3", 72)
    found = account_status(stage.context, "T1")
    assert [agent.id for agent in found.going] == ["785"]
    assert found.time_left == 14087
    assert found.going[0].progress == Progress(0.5, "Page 3", 72)


@pytest.mark.parametrize("of", ["stage", "stage_v2"])
def test_an_agent_shows_how_far_its_run_has_come(request: pytest.FixtureRequest, of: str):
    stage: Stage = request.getfixturevalue(of)
    stage.phantombuster.start_elsewhere().progress = Progress(0.5, "Page 3", 72)
    found = agent_status(stage.context, asker(), "785", quoted=False)
    assert found.agent.progress == Progress(0.5, "Page 3", 72)


def test_an_agents_status_goes_without_a_progress_that_cannot_be_read(stage_v2: Stage):
    stage_v2.phantombuster.start_elsewhere().progress = Progress(0.5, "Page 3", 72)
    stage_v2.phantombuster.fault("output", ServerFault())
    found = agent_status(stage_v2.context, asker(), "785", quoted=False)
    assert (found.agent.running, found.agent.progress) == (1, None)


def test_an_agent_shows_what_it_does_and_how_it_ended(stage: Stage):
    stage.phantombuster.finish(stage.phantombuster.start_elsewhere())
    found = agent_status(stage.context, asker(), "linkedin search", quoted=False)
    assert (found.agent.running, found.agent.last_end_status) == (0, "success")


def test_the_console_and_the_result_are_the_most_recent_runs(stage: Stage):
    stage.phantombuster.start_elsewhere().console = "old"
    run = stage.phantombuster.start_elsewhere()
    stage.phantombuster.finish(run, result=["a", "b"], console="\x1b[32mnew\x1b[0m")
    found = printed(stage)
    assert (found.status, found.result, found.entries) == ("not running", '["a", "b"]', 2)
    assert found.result_size == 10
    assert found.console == "new\n* Process finished (exit code: 0)"


@pytest.mark.parametrize(
    ("result", "console", "shown"),
    [
        ({"csvURL": CSV}, "", ""),
        (None, f"✅ CSV saved at {CSV}\r\n", ""),
        ([1], f"✅ CSV saved at {CSV}\r\n", "[1]"),
    ],
)
def test_files_are_links_and_a_pointer_is_no_more(
    stage: Stage, result: Any, console: str, shown: str
):
    launched(stage, argument='{"csvName": "result", "n": 5}')
    run = stage.phantombuster.start_elsewhere()
    stage.phantombuster.finish(run, result=result, console=console)
    found = printed(stage)
    assert (found.result, found.files) == (shown, (CSV,))


def test_a_link_in_which_an_argument_stands_is_not_shown(stage: Stage):
    launched(stage, **LAUNCH)
    run = stage.phantombuster.start_elsewhere()
    stage.phantombuster.finish(run, console=f"CSV saved at {CSV.replace('result', COOKIE)}\n")
    assert printed(stage).files == ()


def test_the_2014_form_tells_no_result(stage_2014: Stage):
    stage_2014.phantombuster.start_elsewhere()
    assert printed(stage_2014).tells_results is False


def test_what_our_launches_of_the_agent_hold_and_the_key_are_never_shown(stage: Stage):
    launched(stage, **LAUNCH)
    launched(stage, argument='{"cookie": "another-cookie"}')
    run = stage.phantombuster.start_elsewhere()
    said = f"{COOKIE} {json.dumps(LAUNCH['argument'])} another-cookie {KEY} {{}}"
    stage.phantombuster.finish(run, result={"said": COOKIE}, console=said, said=f"no {COOKIE[:-3]}")
    found = printed(stage)
    assert found.console is not None
    assert found.console.startswith("•••")
    for secret in (COOKIE, "another-cookie", KEY):
        assert secret not in found.console
        assert secret not in str(found.result)
    assert "{}" in found.console
    assert found.result == '{"said": "•••"}'
    agent = agent_status(stage.context, asker(), "785", quoted=False)
    assert agent.agent.last_end_message == "no •••"


def test_a_label_shows_nothing_of_an_argument(stage: Stage):
    run = launched(stage, **LAUNCH)
    stage.phantombuster.agents["785"].runs[-1].progress = Progress(0.1, f"With {COOKIE}", 1)
    found = account_status(stage.context, "T1")
    assert found.going[0].progress == Progress(0.1, "With •••", 1)
    assert run.agent_id == "785"


def test_a_long_console_is_read_from_its_end_and_its_cut_shows_no_half_secret(stage: Stage):
    launched(stage, **LAUNCH)
    run = stage.phantombuster.start_elsewhere()
    run.console = f"{COOKIE}\n" * 10_000 + "the end"
    found = printed(stage)
    assert found.console is not None
    assert found.console.endswith("•••\nthe end")
    assert "li_at" not in found.console
    assert "9wZ" not in found.console


@pytest.mark.parametrize("length", [5_000, 60_000])
def test_a_secret_longer_than_what_is_shown_is_taken_out_before_the_cut(stage: Stage, length: int):
    secret = "AQEDAR" + "x9wZ-k3J" * (length // 8)
    launched(stage, argument=json.dumps({"sessionCookie": secret}))
    run = stage.phantombuster.start_elsewhere()
    run.console, run.result = f"with {secret}\nthe end", [f"x{secret}"]
    found = printed(stage)
    assert (found.console, found.result) == ("with •••\nthe end", '["x•••"]')
    assert found.hidden == 1


def test_only_what_is_secret_in_an_argument_is_taken_out_and_how_much_is_told(stage: Stage):
    argument = {"cookie": COOKIE, "apiToken": "t0ken-1", "search": "Senior Engineer", "url": CSV}
    launched(stage, argument=json.dumps(argument))
    run = stage.phantombuster.start_elsewhere()
    rows = [{"title": "Senior Engineer", "link": CSV, "with": COOKIE}]
    stage.phantombuster.finish(run, result=rows, console=f"Senior Engineer t0ken-1 {COOKIE}")
    found = printed(stage)
    assert found.first is not None
    assert found.first.objects == ({"title": "Senior Engineer", "link": CSV, "with": "•••"},)
    assert found.console == "Senior Engineer ••• •••\n* Process finished (exit code: 0)"
    assert found.hidden == 2


def test_where_a_former_argument_cannot_be_read_nothing_is_shown(stage: Stage):
    launched(stage, **LAUNCH)
    run = stage.phantombuster.start_elsewhere()
    run.console, run.result = COOKIE, [COOKIE]
    stage.runs = Runs(stage.runs.database, Vault(("another-secret-of-the-tests-01234",)))
    found = printed(stage)
    assert (found.console, found.result) == (None, None)


def test_the_output_of_a_run_is_that_very_runs(stage: Stage):
    run = launched(stage)
    stage.phantombuster.agents["785"].runs[-1].console = "mine"
    stage.phantombuster.start_elsewhere().console = "newer"
    found = output_of(stage.context, run)
    assert (found.console, found.agent_name) == ("mine", "LinkedIn Search")


def test_a_run_that_phantombuster_no_longer_keeps_is_said_so(stage: Stage):
    run = launched(stage)
    stage.phantombuster.fault("output", AgentNotFound())
    with pytest.raises(RunExpired):
        output_of(stage.context, run)


def test_in_the_2014_form_a_later_launch_may_hide_an_earlier_one(stage_2014: Stage):
    stage = stage_2014
    run = rewrite(stage.runs, launched(stage), launch_number=1)
    assert output_of(stage.context, run).agent_id == "785"
    read = stage.phantombuster.output
    stage.phantombuster.start_elsewhere()
    stage.phantombuster.output = lambda key, agent_id, **_: read(key, agent_id)
    with pytest.raises(RunExpired):
        output_of(stage.context, run)


def test_a_run_that_was_never_launched_has_no_output(stage: Stage):
    run = stage.run(stage.type())
    with pytest.raises(RunExpired):
        output_of(stage.context, run)
    assert stage.phantombuster.calls == []


@pytest.mark.parametrize("wanted", ["linkedin\u00a0SEARCH", "ｓｅａｒｃｈ\u200b", "７８５"])  # noqa: RUF001 - full width
def test_agents_are_listed_by_what_people_type_of_their_names(stage: Stage, wanted: str):
    found = find_agents(stage.context, "T1", wanted)
    assert [agent.id for agent in found.agents] == ["785"]


@pytest.mark.parametrize("ask", [agent_status, last_output])
def test_none_or_several_agents_are_refused(stage: Stage, ask: Any):
    stage.phantombuster.add("901", "Twins")
    stage.phantombuster.add("902", "Twins")

    def asked(typed: str, *, quoted: bool = False) -> Ending:
        return refused(lambda: ask(stage.context, asker(), typed, quoted=quoted))

    assert asked("twins").kind is Kind.AMBIGUOUS
    missing = asked("LinkedIn Serach", quoted=True)
    assert (missing.kind, missing.candidates[0][0]) == (Kind.NO_AGENT, "785")
    assert asked("99").kind is Kind.NO_AGENT


def test_a_fault_of_phantombusters_is_raised(stage: Stage):
    stage.phantombuster.fault("account", ServerFault("oops"))
    ending = refused(lambda: account_status(stage.context, "T1"))
    assert ending == Ending(Kind.REFUSED, cause="ServerFault", said="oops")


def test_without_a_key_nothing_can_be_asked(stage: Stage):
    stage.keys.remove_key("T1")
    assert refused(lambda: account_status(stage.context, "T1")) == Ending(Kind.NO_KEY)


def test_an_agents_usual_files_are_named_where_none_are_printed(stage_v2: Stage):
    org = Org("123", "orgFolder1")
    stage_v2.keys.store_key("T1", KEY, by="U0ADA", at=stage_v2.clock(), api=Api.V2, org=org)
    agent = replace(stage_v2.phantombuster.listed().agents[0], folder="agentFolder1")
    stage_v2.agents.learn("T1", Account((agent,), None), key_at=stage_v2.clock())
    run = stage_v2.phantombuster.start_elsewhere()
    stage_v2.phantombuster.finish(run)
    printed = last_output(stage_v2.context, asker(), "785", quoted=False)
    assert printed.usual_files == (
        "https://phantombuster.s3.amazonaws.com/orgFolder1/agentFolder1/result.csv",
        "https://phantombuster.s3.amazonaws.com/orgFolder1/agentFolder1/result.json",
    )
    assert printed.page == (
        f"https://phantombuster.com/123/phantoms/785/console/{run.container_id}"
    )
    run.result = {"csvURL": CSV}
    printed = last_output(stage_v2.context, asker(), "785", quoted=False)
    assert (printed.files, printed.usual_files) == ((CSV,), ())


def test_how_far_an_agent_is_is_read_from_its_run_where_the_account_does_not_tell(stage_v2: Stage):
    stage_v2.phantombuster.start_elsewhere().progress = Progress(0.5, "Page 3", None)
    status = agent_status(stage_v2.context, asker(), "785", quoted=False)
    assert status.agent.progress == Progress(0.5, "Page 3", None)
    stage_v2.phantombuster.fault("output", ServerFault(status=500))
    status = agent_status(stage_v2.context, asker(), "785", quoted=False)
    assert (status.agent.running, status.agent.progress) == (1, None)


def test_the_whole_result_holds_no_secret_of_the_launch_that_returned_it(stage: Stage):
    first = launched(stage, **LAUNCH)
    stage.phantombuster.finish(
        stage.phantombuster.agents["785"].runs[-1], result=[{"said": COOKIE}, {"n": KEY}]
    )
    for _ in range(LAST_LAUNCHES):
        launched(stage, argument='{"pages": 3}')
    assert first.container_id is not None
    with whole_result(stage.context, "T1", "785", first.container_id) as result:
        assert json.loads(result) == [{"said": "•••"}, {"n": "•••"}]
    shown = output_in(stage.context, "T1", ("785", ""), first.container_id)
    assert COOKIE not in str(shown.first)
