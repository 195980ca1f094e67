"""The key: who may give it, how it is checked, what is shown of it."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes import key_value
from patience import PATIENCE

from phantombot.phantombuster.account import ApiKey, Dialect
from phantombot.processes import utc_now

from .conftest import KEY, Wire

NEW_KEY = "another-key-wxyz"


def open_form(wire: Wire, user: str = "U0ADA"):
    wire.slack.command("key", user=user)
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    return wire.slack.views()[0]


def shown(wire: Wire) -> str:
    return json.dumps([view.view for view in wire.slack.views()], ensure_ascii=False)


def waits_for_view(wire: Wire, text: str) -> bool:
    return wire.slack.wait_for(lambda _: text in shown(wire), PATIENCE)


@pytest.mark.parametrize("around", [" ", "\u200b", "\ufeff\u00a0", "\u202f\u2060\n"])
def test_an_admin_stores_a_key_that_phantombuster_accepts_and_sees_its_last_characters(
    wire: Wire, around: str
):
    view = open_form(wire)
    assert f"`{KEY[-4:]}`" in shown(wire)
    assert KEY not in shown(wire)
    wire.phantombuster.key = NEW_KEY
    delivery = wire.slack.submit(view, {"key_input": f"{around}{NEW_KEY}{around}"})
    assert delivery.status == 200
    assert waits_for_view(wire, "Stored: the key ending in `wxyz`")
    assert key_value(wire.process.context.keys, "T0SANDBOX") == NEW_KEY


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("401", "doesn't accept this key"),
        ("500", "has an internal error"),
        ("429", "is rate-limiting us"),
        ("cut_before", "isn't answering"),
    ],
)
def test_a_key_that_is_not_accepted_is_not_stored_and_the_error_stands_in_the_form(
    wire: Wire, fault: str, sentence: str
):
    wire.phantombuster.fault(fault, on="user", times=None)
    wire.slack.submit(open_form(wire), {"key_input": NEW_KEY})
    assert waits_for_view(wire, sentence)
    assert '"type": "input"' in shown(wire)
    assert f"A key ending in `{KEY[-4:]}` is stored" in shown(wire)
    assert NEW_KEY not in shown(wire)
    assert key_value(wire.process.context.keys, "T0SANDBOX") == KEY


@pytest.mark.parametrize(
    ("fault", "why"), [("html", "I can't read its answer"), ("404", "it answered HTTP 404")]
)
def test_a_key_of_which_nothing_can_be_found_out_is_stored_and_launches(
    wire: Wire, fault: str, why: str
):
    wire.phantombuster.fault(fault, on="user", times=None)
    wire.phantombuster.key = NEW_KEY
    wire.slack.submit(open_form(wire), {"key_input": NEW_KEY})
    assert waits_for_view(wire, "Stored, but not checked: the key ending in `wxyz`")
    assert why in shown(wire)
    assert key_value(wire.process.context.keys, "T0SANDBOX") == NEW_KEY


LATER = Dialect(suffix=False, post=True, counts_launches=False)
OF_2014 = Dialect(suffix=True, post=False, counts_launches=True)


@pytest.mark.parametrize(("form", "dialect"), [("later", LATER), ("2014", OF_2014)])
def test_the_form_of_request_is_kept_with_the_key(
    make_wire: Callable[..., Wire], sqlite_url: str, form: str, dialect: Dialect
):
    wire = make_wire(sqlite_url, form)
    wire.start()
    wire.phantombuster.key = NEW_KEY
    wire.slack.submit(open_form(wire), {"key_input": NEW_KEY})
    assert waits_for_view(wire, "Stored: the key ending in `wxyz`")
    dialect = replace(dialect, root=wire.phantombuster.url.rstrip("/"))
    assert wire.process.context.keys.key("T0SANDBOX") == ApiKey(NEW_KEY, "T0SANDBOX", dialect)


def test_a_key_that_v2_takes_goes_by_v2_from_the_next_launch_on(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, "today")
    wire.environ["PHANTOMBUSTER_API_URL"] = wire.phantombuster.root
    wire.start()
    wire.phantombuster.switch("v2")
    wire.phantombuster.key = NEW_KEY
    view = open_form(wire)
    assert "goes by Phantombuster's API v1" in shown(wire)
    wire.slack.submit(view, {"key_input": NEW_KEY})
    assert waits_for_view(wire, "Phantombuster takes it by its API v2")
    wire.slack.command("launch 785")
    assert wire.says("✅ *LinkedIn Search*")
    assert wire.phantombuster.launches[0].tags is not None


@pytest.mark.parametrize(("form", "named"), [("later", True), ("2014", False)])
def test_what_a_launch_shows_of_the_account_is_kept(
    make_wire: Callable[..., Wire], sqlite_url: str, form: str, named: bool
):
    wire = make_wire(sqlite_url, form)
    process = wire.start()
    assert process.context.keys.key("T0SANDBOX").dialect.names_launches is None
    wire.slack.command("launch 785")
    assert wire.says("✅")
    assert wire.slack.wait_for(
        lambda _: process.context.keys.key("T0SANDBOX").dialect.names_launches is named, 5
    )


@pytest.mark.parametrize("typed", ["", "   ", "two words", "a\u200bb", "ключ", "a\nb", "x" * 201])
def test_what_cannot_be_a_key_is_said_at_its_input(wire: Wire, typed: str):
    view = open_form(wire)
    asked = len(wire.phantombuster.requests)
    delivery = wire.slack.submit(view, {"key_input": typed})
    assert "key_input" in delivery.body["errors"]
    assert len(wire.phantombuster.requests) == asked


@pytest.mark.parametrize("text", ["key", "key remove"])
def test_a_member_is_told_who_can_and_gets_no_form(wire: Wire, text: str):
    wire.slack.command(text, user="U0MAX")
    assert wire.whispers("Only admins and owners", "U0MAX")
    assert wire.slack.views() == []
    assert key_value(wire.process.context.keys, "T0SANDBOX") == KEY


def test_a_form_sent_in_by_a_member_stores_nothing(wire: Wire):
    view = open_form(wire)
    wire.phantombuster.key = NEW_KEY
    wire.slack.submit(view, {"key_input": NEW_KEY}, user="U0MAX")
    assert waits_for_view(wire, "Only admins and owners")
    assert key_value(wire.process.context.keys, "T0SANDBOX") == KEY


def test_a_key_typed_after_the_command_is_refused_and_to_be_withdrawn(wire: Wire):
    delivery = wire.slack.command(f"key {NEW_KEY}")
    assert "revoke it at Phantombuster" in delivery.body["text"]
    assert NEW_KEY not in json.dumps(delivery.body)
    assert key_value(wire.process.context.keys, "T0SANDBOX") == KEY


def test_removing_the_key_asks_first(wire: Wire):
    wire.slack.command("key remove")
    assert wire.whispers(f"Forget the key ending in `{KEY[-4:]}`?")
    assert key_value(wire.process.context.keys, "T0SANDBOX") == KEY
    (question,) = [m for m in wire.slack.ephemerals() if "Forget" in m.text]
    wire.slack.press(question, "remove_key")
    assert wire.whispers("The key is forgotten.")
    assert wire.process.context.keys.key("T0SANDBOX") is None


def test_forget_under_an_old_question_removes_no_newer_key(wire: Wire):
    wire.slack.command("key remove")
    assert wire.whispers("Forget the key")
    (question,) = [m for m in wire.slack.ephemerals() if "Forget" in m.text]
    keys = wire.process.context.keys
    newer = f"newer-{KEY[-4:]}"
    keys.store_key("T0SANDBOX", newer, by="U0BOB", at=utc_now())
    wire.slack.press(question, "remove_key")
    assert wire.whispers(
        f"Nothing was removed: the key was replaced after this question. The one"
        f" stored now ends in `{KEY[-4:]}`"
    )
    assert key_value(keys, "T0SANDBOX") == newer


def test_forget_pressed_once_more_says_that_no_key_is_stored(wire: Wire):
    wire.slack.command("key remove")
    assert wire.whispers("Forget the key")
    (question,) = [m for m in wire.slack.ephemerals() if "Forget" in m.text]
    wire.slack.press(question, "remove_key")
    assert wire.whispers("The key is forgotten.")
    wire.slack.press(question, "remove_key")
    assert wire.whispers("No key is stored, so there is nothing to remove.")


def test_a_form_overwrites_no_key_that_was_stored_while_it_was_open(wire: Wire):
    view = open_form(wire)
    keys = wire.process.context.keys
    keys.store_key("T0SANDBOX", "another-admins-key", by="U0BOB", at=utc_now())
    wire.phantombuster.key = NEW_KEY
    wire.slack.submit(view, {"key_input": NEW_KEY})
    assert waits_for_view(wire, "The key was changed while you had this form open")
    assert "A key ending in `-key` is stored" in shown(wire)
    assert key_value(keys, "T0SANDBOX") == "another-admins-key"
    wire.slack.submit(wire.slack.views()[0], {"key_input": NEW_KEY})
    assert waits_for_view(wire, "Stored: the key ending in `wxyz`")
    assert key_value(keys, "T0SANDBOX") == NEW_KEY


def test_a_member_who_presses_forget_changes_nothing(wire: Wire):
    wire.slack.command("key remove")
    assert wire.whispers("Forget the key")
    (question,) = [m for m in wire.slack.ephemerals() if "Forget" in m.text]
    wire.slack.press(question, "remove_key", user="U0MAX")
    assert wire.whispers("Only admins and owners")
    assert key_value(wire.process.context.keys, "T0SANDBOX") == KEY


def test_without_a_key_an_admin_gets_a_button_that_opens_the_form(wire: Wire):
    wire.process.context.keys.remove_key("T0SANDBOX")
    delivery = wire.slack.command("launch 785")
    assert "this workspace has no Phantombuster key yet" in delivery.body["text"]
    (told,) = [m for m in wire.slack.ephemerals() if "no Phantombuster key" in m.text]
    wire.slack.press(told, "add_key")
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    wire.slack.submit(wire.slack.views()[0], {"key_input": KEY})
    assert waits_for_view(wire, "Stored: the key ending in")
    wire.slack.command("launch 785")
    assert wire.says("✅")


def test_a_form_that_slack_opens_too_late_is_offered_by_a_button(wire: Wire):
    wire.slack.fail("views.open", "expired_trigger_id")
    wire.slack.command("key")
    assert wire.whispers("Press the button to open it")
    (offer,) = [m for m in wire.slack.ephemerals() if "Press the button to open it" in m.text]
    wire.slack.press(offer, "add_key")
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)


def test_slack_not_saying_who_is_an_admin_opens_nothing(wire: Wire):
    wire.slack.fail("users.info", "internal_error")
    wire.slack.command("key")
    assert wire.whispers("Slack isn't answering right now")
    assert wire.slack.views() == []
