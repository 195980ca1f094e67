"""Who is notified, over HTTP: by which posts Slack would ring somebody."""

from patience import PATIENCE

from phantombot.sandbox.slack.values import Call

from .conftest import Wire


def mentioning(wire: Wire) -> list[Call]:
    """The posts that mention somebody."""
    posts = [call for call in wire.slack.calls if call.method == "chat.postMessage"]
    return [call for call in posts if "<@U" in str(call.fields)]


def test_a_failure_rings_its_launcher_in_the_thread_and_nothing_else_does(wire: Wire):
    wire.slack.command("launch 905", user="U0MAX")
    assert wire.slack.wait_for(lambda _: mentioning(wire) != [], PATIENCE)
    (ending,) = wire.slack.messages()
    (ring,) = mentioning(wire)
    assert ring.fields["thread_ts"] == ending.ts
    assert ring.fields["text"].startswith("<@U0MAX> ❌")
    assert wire.says("❌", "<@U0MAX>")
