"""Who is notified, over HTTP: by which posts Slack would ring somebody."""

from collections.abc import Callable
from datetime import time

from patience import PATIENCE

from phantombot.runs.ring import RingBy, RingSettings
from phantombot.sandbox.slack.values import Call

from .conftest import Wire
from .pressing import told


def mentioning(wire: Wire) -> list[Call]:
    """Return the posts that mention somebody."""
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


def test_what_somebody_chose_in_the_form_is_how_they_are_told(wire: Wire):
    wire.slack.command("notify", user="U0MAX")
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    (form,) = wire.slack.views()
    times = {"notify_from": "09:00", "notify_until": "09:00", "notify_quiet": ["quiet"]}
    chosen = {"notify_by": "direct", "notify_ends": "failures"}
    refused = wire.slack.submit(form, chosen | times, user="U0MAX")
    assert "notify_until" in refused.body["errors"]
    chosen |= times | {"notify_quiet": []}
    assert wire.slack.submit(form, chosen, user="U0MAX").status == 200
    assert wire.slack.wait_for(lambda slack: "Saved" in str(slack.views()), PATIENCE)
    wire.slack.command("launch 905", user="U0MAX")
    assert wire.slack.wait_for(
        lambda slack: any(
            call.method == "chat.postMessage" and call.fields["channel"] == "U0MAX"
            for call in slack.calls
        ),
        PATIENCE,
    )
    assert mentioning(wire) == []


def test_the_form_shows_what_is_set_and_in_which_time_zone(wire: Wire):
    settings = RingSettings(RingBy.DIRECT, quiet_from=time(20), quiet_until=time(7))
    wire.process.context.rings.set("T0SANDBOX", "U0MAX", settings)
    wire.slack.command("notify", user="U0MAX")
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    shown = str(wire.slack.views()[0].view)
    assert "In your time zone, UTC+1." in shown
    assert "'initial_time': '20:00'" in shown


def test_a_press_on_notify_me_rings_the_presser(make_wire: Callable[..., Wire], sqlite_url: str):
    wire = make_wire(sqlite_url, speed=1)
    wire.start(speed=1)
    wire.slack.command("launch 785")
    assert wire.says("running")
    (message,) = wire.slack.messages()
    wire.slack.press(message, "notify_me", user="U0MAX")
    assert told(wire, "I'll notify you when this run of LinkedIn Search (785) ends", user="U0MAX")
    wire.phantombuster.finish("785")
    assert wire.slack.wait_for(lambda _: mentioning(wire) != [], PATIENCE)
    (ring,) = mentioning(wire)
    assert ring.fields["text"].startswith("<@U0MAX> ✅")
