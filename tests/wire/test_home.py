"""App Home on the wire: opened, pressed, and drawn again by whoever follows."""

import json
from collections.abc import Callable

import pytest
from patience import PATIENCE

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules import Rules, Who
from phantombot.access.rules_store import KeptRules
from phantombot.config import read_settings
from phantombot.messages import aliases, home, launch_form
from phantombot.messages.access import ACCESS_FORM
from phantombot.messages.aliases import ALIAS_FORM
from phantombot.messages.keys import KEY_FORM
from phantombot.messages.notify import NOTIFY_FORM
from phantombot.messages.watch_form import WATCH_FORM
from phantombot.processes import WebAlone, Worker, utc_now
from phantombot.sandbox.slack import View

from .conftest import SPEED, Wire, store_key
from .pressing import told


def shows(wire: Wire, *parts: str, user: str = "U0ADA", timeout: float = PATIENCE) -> bool:
    """Wait until the user's home shows all parts; return whether it did in time."""

    def shown(_: object) -> bool:
        view = wire.slack.home(user)
        return view is not None and all(
            part in json.dumps(view.view["blocks"], ensure_ascii=False) for part in parts
        )

    return wire.slack.wait_for(shown, timeout)


def opened(wire: Wire, user: str = "U0ADA") -> View:
    wire.slack.open_home(user)
    assert shows(wire, "LinkedIn Search (785)", user=user)
    view = wire.slack.home(user)
    assert view is not None
    return view


def form(wire: Wire, callback_id: str) -> View:
    def there(_: object) -> bool:
        return any(view.view["callback_id"] == callback_id for view in wire.slack.views())

    assert wire.slack.wait_for(there, PATIENCE)
    return next(view for view in wire.slack.views() if view.view["callback_id"] == callback_id)


def test_a_home_shows_what_goes_on_and_is_drawn_again_at_the_end(wire: Wire):
    opened(wire)
    wire.slack.command("launch 785")
    assert shows(wire, "▶️ LinkedIn Search (785) · running · <@U0ADA>")
    assert shows(wire, "✅ LinkedIn Search (785) · finished", "Nothing is running or queued")


def test_a_home_launches_through_the_form(wire: Wire):
    view = opened(wire)
    wire.slack.press(view, launch_form.OPEN_LAUNCH, value="785")
    shown = form(wire, launch_form.LAUNCH_FORM)
    wire.slack.submit(shown, {launch_form.CHANNEL: "C0GENERAL"})
    assert wire.says("✅ *LinkedIn Search*")


def test_a_stale_button_of_a_deleted_agent_opens_the_form_with_a_sentence(wire: Wire):
    view = opened(wire)
    wire.slack.press(view, launch_form.OPEN_LAUNCH, value="99999")
    shown = form(wire, launch_form.LAUNCH_FORM)
    assert launch_form.AGENT_GONE_SINCE in json.dumps(shown.view)


def test_agents_are_searched_for_and_turned_page_by_page(wire: Wire):
    view = opened(wire)
    wire.slack.press(view, home.HOME_WANTED, value="hello")
    assert shows(wire, "Hello World (908)", '"Agents 1 to 1 of 1"')
    wire.slack.press(wire.slack.home("U0ADA"), home.HOME_ALL)
    assert shows(wire, "LinkedIn Search (785)")


@pytest.mark.parametrize(
    ("action", "callback_id"),
    [
        ("add_key", KEY_FORM),
        ("open_access", ACCESS_FORM),
        ("open_watch", WATCH_FORM),
        ("open_alias", ALIAS_FORM),
        ("open_notify", NOTIFY_FORM),
    ],
)
def test_an_admin_opens_the_other_forms_from_home(wire: Wire, action: str, callback_id: str):
    view = opened(wire)
    wire.slack.press(view, action)
    form(wire, callback_id)


def says(wire: Wire, *parts: str) -> bool:
    """Wait until an open form shows all parts; return whether it did in time."""

    def said(_: object) -> bool:
        views = [json.dumps(view.view, ensure_ascii=False) for view in wire.slack.views()]
        return any(all(part in view for part in parts) for view in views)

    return wire.slack.wait_for(said, PATIENCE)


def alias_form_of(wire: Wire) -> View:
    wire.slack.press(opened(wire), "open_alias")
    shown = form(wire, ALIAS_FORM)
    assert "908" in wire.slack.suggest(shown, aliases.AGENT, "hello").values
    return shown


FILLED = {
    aliases.WORD: "Leads",
    aliases.AGENT: "908",
    aliases.COMMAND: "casperjs",
    aliases.ARGUMENT: '{"cookie": "li_at-canary"}',
    aliases.CHANNEL: "C0PAYLOAD",
}


def test_an_alias_is_set_in_a_form_and_launches_with_what_it_keeps(wire: Wire):
    wire.slack.submit(alias_form_of(wire), FILLED)
    assert says(wire, "✅ In <#C0PAYLOAD> `leads` now stands for Hello World (908)")
    wire.slack.command("launch leads", channel="C0PAYLOAD")
    assert wire.says("✅ *Hello World*", channel="C0PAYLOAD")
    (launch,) = wire.phantombuster.launches
    assert (launch.command, launch.argument) == ("casperjs", '{"cookie": "li_at-canary"}')


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({aliases.WORD: "two words"}, aliases.WORD),
        ({aliases.WORD: "launch"}, aliases.WORD),
        ({aliases.ARGUMENT: "{a"}, aliases.ARGUMENT),
    ],
)
def test_an_alias_that_can_t_be_is_refused_at_its_input(wire: Wire, wrong: dict, at: str):
    refused = wire.slack.submit(alias_form_of(wire), FILLED | wrong)
    assert refused.body["errors"].keys() == {at}


def test_an_alias_that_the_rules_forbid_is_refused_above_the_channel_and_keeps_the_rest(
    wire: Wire,
):
    rules, entry = Rules(channels=("C0GENERAL",)), AuditAction.ACCESS_CHANGED
    shown = alias_form_of(wire)
    wire.process.context.access.change(
        KeptRules(rules, 0), AuditEntry("T0SANDBOX", utc_now(), "U0ADA", entry)
    )
    wire.slack.submit(shown, FILLED)
    assert says(wire, "⚠️ Agents can't be launched or stopped in this channel", "li_at-canary")
    (view,) = wire.slack.views()
    ids = [block.get("block_id") for block in view.view["blocks"]]
    problem = next(n for n, block in enumerate(view.view["blocks"]) if block["type"] == "section")
    assert ids[problem + 1] == aliases.CHANNEL


def test_who_can_t_launch_is_told_before_a_form_opens(wire: Wire):
    rules, entry = Rules(who=Who.ADMINS), AuditAction.ACCESS_CHANGED
    view = opened(wire, "U0MAX")
    wire.process.context.access.change(
        KeptRules(rules, 0), AuditEntry("T0SANDBOX", utc_now(), "U0ADA", entry)
    )
    for button in ("open_launch", "open_alias"):
        wire.slack.press(view, button, user="U0MAX")
    assert wire.slack.wait_for(
        lambda slack: len([m for m in slack.messages("D0MAX") if "nly admins" in m.text]) == 2,
        PATIENCE,
    )
    assert wire.slack.views() == []


def test_a_member_s_home_has_nothing_of_the_admins(wire: Wire):
    opened(wire, "U0MAX")
    assert not shows(wire, "For admins", user="U0MAX", timeout=0)


def test_guests_see_one_sentence(wire: Wire):
    wire.slack.open_home("U0GUS")
    assert shows(wire, "uests can't use phantombot", user="U0GUS")
    said = json.dumps(wire.slack.home("U0GUS").view)
    # Random ids of the view may hold 785, but neither brackets nor quotes.
    assert not any(word in said for word in ("LinkedIn Search", "(785)", '"785"'))


def test_a_removed_key_is_seen_at_once(wire: Wire):
    opened(wire)
    wire.slack.command("key remove")
    assert told(wire, "Forget the key")
    wire.slack.press(wire.slack.ephemerals("U0ADA")[-1], "remove_key")
    assert shows(wire, "*Next:* store the Phantombuster key")


def test_a_worker_redraws_what_a_web_drew(make_wire: Callable[..., Wire], postgres_url: str):
    wire = make_wire(postgres_url)
    store_key(wire)
    settings = read_settings(wire.environ)
    web, worker = WebAlone(settings, SPEED), Worker(settings, SPEED)
    wire.started += [web, worker]
    wire.slack.bot_url = f"http://127.0.0.1:{web._web.port}/slack/events"
    web.start()
    worker.start()
    opened(wire)
    wire.slack.command("launch 785")
    assert shows(wire, "✅ LinkedIn Search (785) · finished")
