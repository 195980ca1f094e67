"""What is said of the account to the one who asked: status, output, stops, the last runs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from phantombot import errors
from phantombot.errors import (
    AgentAmbiguous,
    AgentUnknown,
    Error,
    NoKey,
    ParallelLimit,
    ServerFault,
)
from phantombot.messages.agents import agent_status, status_message
from phantombot.messages.blocks import SECTION_LIMIT, Message
from phantombot.messages.listing import listing
from phantombot.messages.output import output_message
from phantombot.messages.recent import runs_found
from phantombot.messages.refusals import _BY_CAUSE, unanswered
from phantombot.messages.stops import question_answered, stop_outcome, stop_question
from phantombot.phantombuster.api import Agent, Progress
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run, State
from phantombot.runs.output import AccountStatus, AgentStatus, RunOutput
from phantombot.runs.selection import EVERYTHING, FoundRuns
from phantombot.runs.stopping import Instances, StopOutcome, Stopping, StopQuestion

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
IDLE = Agent("785", "LinkedIn Search", 0, 0, None, None, None)
RUNNING = replace(IDLE, running=1, progress=Progress(0.544, "Scraping page 3", 72))
TITLE = "LinkedIn Search (785)"
PRINTED = RunOutput("785", "LinkedIn Search", "not running", "a\nb\n", "[1, 2]", 6, 2, True)  # noqa: FBT003 - as its fields stand
RUN = Run(
    id=1,
    version=1,
    uid="Zm9yIHRoZSB0ZXN0",
    workspace="T1",
    channel="C1",
    user="U1",
    agent="785",
    quoted=False,
    command="casperjs",
    save=False,
    created_at=NOW,
    state=State.LAUNCHED,
    agent_id="785",
    agent_name="LinkedIn Search",
)


def shown(message: Message) -> str:
    return "\n".join(block["text"]["text"] for block in message.blocks if "text" in block)


def fits(message: Message) -> bool:
    texts = [block["text"]["text"] for block in message.blocks if "text" in block]
    return (
        0 < len(message.blocks) <= 50
        and 0 < len(message.text) <= 4000
        and all(0 < len(text) <= SECTION_LIMIT for text in texts)
    )


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({}, f"▶️ {TITLE} · running 54 % · Scraping page 3 · 1 min 12 s"),
        ({"progress": None}, f"▶️ {TITLE} · running"),
        (
            {"queued": 1},
            f"▶️ {TITLE} · 1 running and 1 queued · 54 % · Scraping page 3 · 1 min 12 s",
        ),
        ({"running": 2}, f"▶️ {TITLE} · 2 running · 54 % · Scraping page 3 · 1 min 12 s"),
        (
            {"running": 2, "queued": 3, "progress": None},
            f"▶️ {TITLE} · 2 running and 3 queued",
        ),
        ({"running": 0, "queued": 1}, f"⏳ {TITLE} · queued"),
        ({"running": 0, "queued": 2}, f"⏳ {TITLE} · 2 queued"),
        ({"name": " "}, "▶️ 785 · running 54 % · Scraping page 3 · 1 min 12 s"),
        ({"name": "<!here> `x`", "progress": None}, "▶️ &lt;!here&gt; 'x' (785) · running"),
    ],
    ids=str,
)
def test_what_goes_on_is_a_line_each(change: dict, line: str):
    message = status_message(AccountStatus((replace(RUNNING, **change),), 14087), ())
    left = "3 h 54 min of execution time left."
    assert shown(message) == f"Running and queued now:\n{line}\n{left}"


def test_nothing_going_on_is_said_so():
    message = status_message(AccountStatus((), 14087), ())
    left = "3 h 54 min of execution time left."
    assert message.text == f"Nothing is running or queued. {left}"
    assert status_message(AccountStatus((), None), ()).text == "Nothing is running or queued."


def test_of_very_many_agents_the_first_are_shown():
    crowd = tuple(replace(RUNNING, id=str(n), name="x" * 100) for n in range(1, 53))
    message = status_message(AccountStatus(crowd, 14087), ())
    assert "(40) · running" in shown(message)
    assert "(41)" not in shown(message)
    assert "… and 12 more" in shown(message)
    assert fits(message)


@pytest.mark.parametrize("length", [1, 100, 2999])
def test_no_list_is_too_long_for_slack(length: int):
    assert fits(listing("x", ["y" * length] * 60, "z"))


def test_an_agents_state_and_last_end_are_told():
    ended = replace(IDLE, last_end_status="error", last_end_message="Agent <killed>")
    assert agent_status(AgentStatus(ended, 9), ()).text == (
        f"{TITLE} · not running\nLast run: error · “Agent &lt;killed&gt;”\n"
        "9 s of execution time left."
    )
    assert agent_status(AgentStatus(RUNNING, None), ()).text == (
        f"▶️ {TITLE} · running 54 % · Scraping page 3 · 1 min 12 s\nNo earlier run is known."
    )


def test_console_and_result_stand_as_they_are():
    assert shown(output_message(PRINTED)) == (
        f"{TITLE} · ended\nThe last lines of its console:\n```a\nb```\n"
        "Its result, 2 results in 6 characters:\n```[1, 2]```"
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"console": ""}, "Its console is empty."),
        ({"console": " \n\n"}, "Its console is empty."),
        ({"console": None}, "Its console can't be shown"),
        ({"result": ""}, "It has no result."),
        ({"result": None}, "Its result can't be shown"),
        ({"tells_results": False}, "returns no results"),
        ({"result": "7", "result_size": 1, "entries": None}, "Its result, 1 character:"),
        ({"result": "[7]", "result_size": 3, "entries": 1}, "Its result, 1 result in 3 characters"),
        (
            {"result": "7" * 40_000, "result_size": 123456, "entries": None},
            "123,456 characters; all of it is at Phantombuster:",
        ),
        ({"agent_name": ""}, "785 · ended"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_missing_is_said_so(change: dict, sentence: str):
    message = output_message(replace(PRINTED, **change))
    assert sentence in shown(message)
    assert fits(message)


@pytest.mark.parametrize("character", ["x", "&", "`", "<", "é", "x\n"])
def test_a_long_console_is_cut_at_its_beginning_and_keeps_its_frame(character: str):
    message = output_message(
        replace(PRINTED, console=character * 9999 + "end", result=character * 9999)
    )
    console, result = (block["text"]["text"] for block in (message.blocks[2], message.blocks[4]))
    for framed in (console, result):
        assert framed.startswith("```")
        assert framed.endswith("```")
        assert framed.count("`") == 6
        assert framed.count("\n") < 15 or framed is result
    assert console.endswith("end```")
    assert fits(message)


@pytest.mark.parametrize(
    ("running", "queued", "question", "stops", "keeps"),
    [
        (1, 0, "has 1 running instance. Stop it?", "Stop it", "Keep it running"),
        (2, 0, "has 2 running instances. Stop all 2?", "Stop all 2", "Keep them running"),
        (0, 1, "has 1 queued instance. Stop it?", "Stop it", "Keep it running"),
        (
            2,
            1,
            "has 2 running and 1 queued instances. Stop all 3?",
            "Stop all 3",
            "Keep them running",
        ),
    ],
)
def test_a_stop_is_asked_about_with_its_number(
    running: int, queued: int, question: str, stops: str, keeps: str
):
    message = stop_question(Instances(replace(IDLE, running=running, queued=queued), NOW))
    assert message.text == f"{TITLE} {question}"
    stop, keep = message.blocks[1]["elements"]
    assert (stop["action_id"], stop["style"]) == ("stop_all", "danger")
    asked = question_answered(stop["value"])
    assert asked == StopQuestion("785", NOW, running + queued)
    assert (stop["text"]["text"], keep["action_id"]) == (stops, "stop_not")
    assert keep["text"]["text"] == keeps


@pytest.mark.parametrize(
    "value", ["785", "x", "", "785 1", "785 1 2026", "785 1 2026-13-01T00:00:00+00:00", "785 -1 x"]
)
def test_a_button_of_another_form_is_of_a_question_long_ago(value: str):
    asked = question_answered(value)
    assert asked.agent_id == (value if "-13-" not in value else "785")
    assert (asked.at.year, asked.count) == (1970, 0)


def test_where_nothing_runs_there_is_nothing_to_ask():
    message = stop_question(Instances(IDLE, NOW))
    assert message.text == f"{TITLE} is not running, so nothing was stopped."
    assert len(message.blocks) == 1


@pytest.mark.parametrize(
    ("fate", "queued", "text"),
    [
        (StopOutcome.IDLE, 0, f"{TITLE} is not running, so nothing was stopped."),
        (StopOutcome.TAKEN, 0, f"<@U2> is already stopping {TITLE}."),
        (StopOutcome.STOPPED, 0, f"Stopped: {TITLE}, 1 running instance."),
        (
            StopOutcome.STOPPED,
            2,
            (
                f"Stopped: {TITLE}, 1 running and 2 queued instances. If a queued run starts"
                " anyway, `/phantom status 785` shows it. Stop it again then."
            ),
        ),
        (
            StopOutcome.DOUBTFUL,
            0,
            (
                f"{TITLE} may or may not have been stopped: Phantombuster's answer was lost. Check"
                " the runs' messages, or `/phantom status 785`."
            ),
        ),
    ],
)
def test_each_fate_of_a_stop_has_its_words(fate: StopOutcome, queued: int, text: str):
    stopping = Stopping(fate, replace(RUNNING, queued=queued), "U2")
    assert stop_outcome(stopping).text == text


@pytest.mark.parametrize(
    ("command", "error", "text"),
    [
        (
            "stop",
            NoKey(),
            (
                "Nothing was stopped: this workspace has no Phantombuster key yet. A workspace"
                " admin or owner can add it with `/phantom key`."
            ),
        ),
        (
            "status",
            AgentUnknown((("785", "LinkedIn Search"),)),
            f"No agent is called “a&lt;b”. Did you mean {TITLE}?",
        ),
        (
            "output",
            AgentUnknown(),
            "No agent is called “a&lt;b”. An id always works, as in `/phantom output 785`.",
        ),
        (
            "stop",
            AgentAmbiguous((("901", "Twins"), ("902", "Twins"))),
            (
                "Nothing was stopped: “a&lt;b” may be Twins (901) or Twins (902). Use its"
                " id, as in `/phantom stop 901`."
            ),
        ),
        (
            "stop",
            ParallelLimit(),
            (
                "Nothing was stopped: the limit on parallel runs is reached. Wait for one to end,"
                " or raise it in the agent's settings."
            ),
        ),
        (
            "status",
            ServerFault("<oops>"),
            (
                "Phantombuster has an internal error; try again in a minute. It says:"
                " “&lt;oops&gt;”."
            ),
        ),
    ],
)
def test_a_question_without_an_answer_is_told_why_and_what_to_do(
    command: str, error: Error, text: str
):
    assert unanswered(command, "a<b", error).text == text


def test_each_error_of_phantombusters_has_a_sentence_of_its_own():
    def kinds(kind: type) -> set[str]:
        below = kind.__subclasses__()
        own = {kind.__name__} - {"PhantombusterError"}
        return own.union(*map(kinds, below))

    assert kinds(errors.PhantombusterError) | {"DecryptionError"} == set(_BY_CAUSE)
    assert len(set(_BY_CAUSE.values())) == len(_BY_CAUSE)


@pytest.mark.parametrize(
    ("change", "seconds", "line"),
    [
        ({}, 5, f"⏳ {TITLE} · queued\n<@U1> just now · with casperjs"),
        ({"state": State.SENDING}, 60, f"⏳ {TITLE} · launching\n<@U1> 1 min ago · with casperjs"),
        (
            {"status": "running", "fraction": 0.5, "label": "<x>", "command": None},
            7500,
            f"▶️ {TITLE} · running 50 % · &lt;x&gt;\n<@U1> 2 h 5 min ago",
        ),
        (
            {"ending": Ending(Kind.SUCCESS, seconds=250, results=120)},
            2 * 86_400,
            f"✅ {TITLE} · finished in 4 min 10 s · 120 results\n<@U1> 2 days ago · with casperjs",
        ),
        (
            {"ending": Ending(Kind.FAILED, seconds=9, exit_code=87), "command": None},
            0,
            f"❌ {TITLE} · failed with exit code 87 in 9 s\n<@U1> just now",
        ),
        (
            {"ending": Ending(Kind.SUCCESS, exit_code=0, results=1), "command": None},
            0,
            f"✅ {TITLE} · finished · 1 result\n<@U1> just now",
        ),
        (
            {"ending": Ending(Kind.REFUSED), "command": None},
            0,
            f"❌ {TITLE} · not launched\n<@U1> just now",
        ),
    ],
    ids=str,
)
def test_a_run_of_the_list_is_two_lines(change: dict, seconds: int, line: str):
    state = State.ENDED if "ending" in change else State.LAUNCHED
    run = replace(RUN, **({"state": state} | change))
    now = NOW + timedelta(seconds=seconds)
    message = runs_found(FoundRuns((run,), EVERYTHING), now, "U1")
    assert message.text == f"The last runs launched here:\n{line}"


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_of_ending_has_its_place_in_the_list(kind: Kind):
    run = replace(RUN, state=State.ENDED, ending=Ending(kind), agent_name="&" * 100)
    assert fits(runs_found(FoundRuns((run,) * 20, EVERYTHING), NOW, "U1"))


def test_a_list_of_very_long_lines_is_cut_to_what_slack_takes_in_one_message():
    run = replace(RUN, agent_name="&" * 100, label="&" * 100, status="running", ts="1.5")
    found = FoundRuns((run,) * 20, EVERYTHING, slack_url=f"https://{'a' * 100}.slack.com/")
    message = runs_found(found, NOW, "U1")
    assert sum(len(block["text"]["text"]) for block in message.blocks) <= 12_000
    assert " more" in message.blocks[-1]["text"]["text"]


def test_where_nothing_was_launched_the_list_says_how():
    assert "`/phantom help launch`" in runs_found(FoundRuns((), EVERYTHING), NOW, "U1").text
