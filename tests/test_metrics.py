from prometheus_client.parser import text_string_to_metric_families
from stage import Stage

from phantombot.errors import AnswerLost, BadParameters
from phantombot.metrics import Figures


def test_figures_are_told_in_prometheus_text():
    figures = Figures()
    figures.acknowledged(200, 0.004)
    figures.launched("accepted")
    figures.ended("success")
    figures.called("phantombuster", "user")
    figures.called("slack", "chat_update", "ratelimited")
    figures.late(-1)
    figures.add_gauge("phantombot_open_runs", "Runs that go on", lambda: 7)
    lines = figures.text().splitlines()
    for line in (
        'phantombot_ack_seconds_count{status="200"} 1.0',
        'phantombot_launches_total{heard="accepted"} 1.0',
        'phantombot_endings_total{kind="success"} 1.0',
        'phantombot_calls_total{call="user",service="phantombuster"} 1.0',
        'phantombot_errors_total{error="ratelimited",service="slack"} 1.0',
        'phantombot_tend_lateness_seconds_bucket{le="0.01"} 1.0',
        "phantombot_open_runs 7.0",
    ):
        assert line in lines


def test_two_processes_of_one_machine_count_each_for_itself():
    first, second = Figures(), Figures()
    first.launched("accepted")
    assert 'heard="accepted"' not in second.text()


def test_the_figures_of_other_processes_stand_beside_our_own():
    web, worker = Figures(), Figures()
    web.acknowledged(200, 0.004)
    web.called("slack", "views_open")
    worker.called("slack", "chat_update")
    worker.ended("success")
    worker.late(0.2)
    text = web.text_with({"9f": worker.text()})
    lines = text.splitlines()
    assert 'phantombot_calls_total{call="views_open",service="slack"} 1.0' in lines
    assert 'phantombot_calls_total{call="chat_update",process="9f",service="slack"} 1.0' in lines
    assert 'phantombot_endings_total{kind="success",process="9f"} 1.0' in lines
    assert 'phantombot_tend_lateness_seconds_bucket{le="0.25",process="9f"} 1.0' in lines
    assert len([line for line in lines if line.startswith("# TYPE phantombot_calls")]) == 1
    assert {family.name for family in text_string_to_metric_families(text)} >= {"phantombot_calls"}


def test_a_launch_and_its_ending_are_counted_once(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    stage.process_workspace()
    assert stage.figures.counted == ["launched: accepted", "ended: success"]


def test_a_launch_of_which_nothing_was_heard_and_one_refused_are_told_apart(stage: Stage):
    stage.phantombuster.fault("launch", AnswerLost(), BadParameters(status=400))
    stage.type()
    stage.type(argument="2")
    stage.process_workspace()
    assert stage.figures.counted == ["launched: nothing", "launched: refused", "ended: refused"]
