"""GET /metrics of a bot at work."""

from .conftest import Wire, ask


def test_the_figures_tell_of_a_launch_from_its_acknowledgement_to_its_ending(wire: Wire):
    wire.slack.command('launch 785 casperjs {"a": 1}')
    assert wire.says("✅")
    status, text = ask(wire, "GET", "/metrics")
    assert status == 200
    for line in (
        'phantombot_ack_seconds_count{status="200"} 1.0',
        'phantombot_launches_total{heard="accepted"} 1.0',
        'phantombot_endings_total{kind="success"} 1.0',
        'phantombot_calls_total{call="launch",service="phantombuster"} 1.0',
        'phantombot_calls_total{call="chat_postMessage",service="slack"}',
        "phantombot_open_runs ",
        "phantombot_tend_lateness_seconds_count",
    ):
        assert line in text


def test_errors_are_told_by_service(wire: Wire):
    wire.slack.fail("chat.postMessage", "ratelimited", retry_after=1)
    wire.phantombuster.fault("400", on="launch")
    wire.slack.command('launch 785 casperjs {"a": 1}')
    assert wire.says("nothing was launched")
    text = ask(wire, "GET", "/metrics")[1]
    assert 'phantombot_errors_total{error="ratelimited",service="slack"} 1.0' in text
    assert 'phantombot_errors_total{error="BadParameters",service="phantombuster"} 1.0' in text


def test_no_figure_holds_a_secret(wire: Wire):
    wire.slack.command('launch 785 casperjs {"cookie": "canary-cookie"}')
    assert wire.says("✅")
    assert "canary" not in ask(wire, "GET", "/metrics")[1]
