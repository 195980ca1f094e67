import json

import pytest
from stage import Stage

from phantombot.errors import ServerFault, SlackRefused, SlackUnavailable
from phantombot.runs.model import Detail

BOTH_APIS = True
CSV = "https://phantombuster.s3.amazonaws.com/xNdp30g5TSk/Fu1Js2zQ/result.csv"


def ended(stage: Stage, exit_code: int = 0, result: object = None, console: str = "") -> int:
    number = stage.type()
    stage.process_workspace()
    run = stage.phantombuster.agents["785"].runs[-1]
    stage.phantombuster.finish(run, exit_code, result, console=console)
    return number


def test_the_consoles_last_lines_and_the_result_stand_in_the_thread(stage: Stage):
    ended(stage, result=[{"name": "Ada"}], console="\n".join(f"page {n}" for n in range(40)))
    stage.tend_until_told()
    (reply,) = stage.slack.replies("✅")
    assert "page 39" in reply
    assert "page 5\n" not in reply
    assert "*1 result*\nname\nAda" in reply


def test_the_thread_of_a_failure_holds_its_console(stage: Stage):
    ended(stage, exit_code=1, console="TypeError: x is undefined")
    stage.tend_until_told()
    (reply,) = stage.slack.replies("❌")
    assert "TypeError: x is undefined" in reply


def test_a_large_result_is_a_file_in_the_thread(stage: Stage):
    rows = [[number] for number in range(1000)]
    ended(stage, result=rows)
    stage.tend_until_told()
    ((posted, file),) = stage.slack.files
    assert stage.slack.shown[posted.ts].message.text.startswith("✅")
    assert json.loads(file.content) == rows
    assert file.name == "result-785-76426.json"


def test_a_file_that_slack_refuses_is_told_in_its_place(stage: Stage):
    ended(stage, result=["x" * 5000])
    stage.slack.fault("upload", SlackRefused("missing_scope"))
    stage.tend_until_told()
    assert "files:write" in stage.slack.replies("✅")[-1]


@pytest.mark.parametrize("console", ["", "```\n<!channel> <http://evil.test|x> & `\n"])
def test_what_others_say_is_harmless_and_fits(stage: Stage, console: str):
    ended(stage, exit_code=1, console=console * 500 + "&" * 5000)
    stage.tend_until_told()
    (reply,) = stage.slack.replies("❌")
    assert "<" not in reply.removeprefix("<@U1>")
    assert reply.count("```") == 2
    assert all(len(text) <= 3000 for text in reply.split("\n*Last lines"))


def test_neither_the_key_nor_the_argument_stands_in_the_thread(stage: Stage):
    number = stage.type(argument='{"sessionCookie": "s3cr3t-cookie"}')
    stage.process_workspace()
    run = stage.phantombuster.agents["785"].runs[-1]
    stage.phantombuster.finish(
        run, result=["s3cr3t-cookie", *["x" * 4000]], console=f"s3cr3t-cookie {stage.key}"
    )
    stage.tend_until_told()
    ((_, file),) = stage.slack.files
    shown = file.content + "".join(stage.slack.replies("✅"))
    assert "s3cr3t" not in shown
    assert stage.key not in shown
    assert stage.run(number).done


def test_only_what_is_secret_is_taken_out_of_the_thread_and_how_much_is_told(stage: Stage):
    long = "AQEDAR" + "x9wZ-k3J" * 1000
    argument = {"sessionCookie": long, "token": "t0ken-1", "search": "Senior Engineer"}
    stage.type(argument=json.dumps(argument))
    stage.process_workspace()
    run = stage.phantombuster.agents["785"].runs[-1]
    rows = [{"title": "Senior Engineer", "token": "t0ken-1"}]
    stage.phantombuster.finish(run, result=rows, console=f"\x1b[31mwith\x1b[0m {long}\n")
    stage.tend_until_told()
    (reply,) = stage.slack.replies("✅")
    assert "```with •••" in reply
    assert "Senior Engineer · •••" in reply
    assert "2 values of the argument are hidden." in reply
    ((_, file),) = stage.slack.files
    assert file.content.splitlines()[1:] == ["Senior Engineer,•••"]


def test_patience_that_slack_asks_for_delays_the_thread_and_loses_nothing(stage: Stage):
    number = ended(stage, exit_code=1, console="TypeError")
    stage.process_workspace(2)
    stage.clock.forward(20)
    number = ended(stage, exit_code=2, console="RangeError")
    stage.slack.fault("post_reply", SlackUnavailable("ratelimited", retry_after=30))
    stage.process_workspace(2)
    assert not stage.run(number).done
    stage.tend_until_told()
    assert [reply.count("```") for reply in stage.slack.replies("exit code 2")] == [2]


def test_a_thread_whose_posting_was_cut_short_is_not_repeated(stage: Stage):
    number = ended(stage, exit_code=1, console="TypeError")
    stage.slack.fault("post_reply", SlackUnavailable("no_answer"))
    stage.tend_until_told()
    assert stage.run(number).detail is Detail.TEXT
    assert stage.slack.replies("❌") == []


def test_a_result_that_phantombuster_gives_late_is_waited_for(stage: Stage):
    number = ended(stage, result=[1, 2])
    stage.phantombuster.fault_after(1, "output", *[ServerFault(status=500) for _ in range(3)])
    stage.process_workspace(2)
    assert not stage.run(number).done
    stage.tend_until_told()
    assert "2" in stage.slack.replies("✅")[-1]


def test_the_launcher_is_rung_while_a_result_is_waited_for_and_not_again_with_it(stage: Stage):
    ended(stage, result=[1, 2])
    stage.phantombuster.fault_after(1, "output", *[ServerFault(status=500) for _ in range(3)])
    stage.process_workspace(2)
    stage.process_workspace(2)
    (rung,) = stage.slack.replies("✅")
    assert rung.startswith("<@U1> ✅ *LinkedIn Search* · finished")
    stage.tend_until_told()
    assert [("<@" in reply) for reply in stage.slack.replies("✅")] == [True, False]


def test_a_result_that_phantombuster_never_gives_is_given_up(stage: Stage):
    number = ended(stage, result=[1, 2])
    stage.phantombuster.fault_after(1, "output", *[ServerFault(status=500) for _ in range(900)])
    stage.tend_until_told(step=5, ticks=200)
    assert stage.run(number).done


def test_a_result_that_points_to_a_file_is_a_link_in_the_thread(stage: Stage):
    ended(stage, result={"csvURL": CSV, "jsonUrl": "https://evil.test/x.json"})
    stage.tend_until_told()
    (reply,) = stage.slack.replies("✅")
    assert f"Saved at Phantombuster: <{CSV}|CSV>" in reply
    assert "csvURL" not in reply
    assert "evil" not in reply


def test_rows_that_come_as_text_are_a_table_and_a_file(stage: Stage):
    ended(stage, result=json.dumps([{"name": "Ada"}]))
    stage.tend_until_told()
    (reply,) = stage.slack.replies("1 result")
    assert "*1 result*\nname\nAda" in reply
    ((_, file),) = stage.slack.files
    assert file.name == "result-785-76426.csv"


def test_in_the_2014_form_the_console_alone_stands_in_the_thread(stage_2014: Stage):
    ended(stage_2014, console="hello")
    stage_2014.tend_until_told()
    (reply,) = stage_2014.slack.replies("✅")
    assert "hello" in reply
