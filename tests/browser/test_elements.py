"""Everything that can be pressed or chosen on the page, and what the page then asks."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from phantombot.sandbox.slack.blocks import checked
from phantombot.sandbox.trial import Trial

from .conftest import Open
from .everything import BLOCKS, button

ROWS = [
    {"type": "actions", "block_id": name, "elements": [button("Pick", value=name)]}
    for name in ("first", "second", "third")
]


@contextmanager
def asks(page: Page, action_id: str, value: str | None) -> Iterator[None]:
    """Check that the press which is sent names the action, what was chosen, and the block."""
    with page.expect_request("**/_page/press") as sent:
        yield
    asked = sent.value.post_data_json
    assert (asked["action_id"], asked.get("value")) == (action_id, value)
    assert asked["block_id"]


def test_each_kind_of_element_sends_what_was_chosen_in_it(visit: Open, trial: Trial):
    ada = visit()
    page = ada.page
    with trial.slack._workspace.bell:
        pressed = [block for block in BLOCKS if block["type"] != "data_table"]
        trial.slack._workspace.post("C0GENERAL", "Everything", checked(pressed))
    with asks(page, "press", None):
        page.get_by_role("button", name="Press").click()
    with asks(page, "ask", None):
        page.get_by_role("button", name="Ask").click()
        page.get_by_role("dialog", name="Sure?").get_by_role("button", name="Yes").click()
    with asks(page, "more", "phantomjs"):
        page.get_by_role("button", name="More options").click()
        page.get_by_role("menuitem", name="phantomjs").click()
    for menu, option, value in (
        ("Choose", "phantomjs", "phantomjs"),
        ("Who", "@max", "U0MAX"),
        ("Where", "#payload-alerts", "C0PAYLOAD"),
        ("Which channel", "#general", "C0GENERAL"),
        ("Several", "casperjs", "casperjs"),
    ):
        with asks(page, "menu" if menu == "Choose" else menu, value):
            page.get_by_role("combobox", name=menu, exact=True).click()
            page.get_by_role("option", name=option).click()
    with asks(page, "boxes", "casperjs"):
        page.get_by_role("checkbox", name="casperjs").check()
    with asks(page, "radio", "phantomjs"):
        page.get_by_role("radio", name="phantomjs").check()
    for field, action, value in (("Day", "day", "2026-12-24"), ("Hour", "hour", "22:00")):
        with asks(page, action, value):
            page.get_by_label(field, exact=True).fill(value)


@pytest.mark.parametrize("place", ["message", "home"])
def test_of_a_list_s_buttons_the_one_is_pressed_that_was_meant(
    visit: Open, trial: Trial, place: str
):
    ada = visit()
    with trial.slack._workspace.bell:
        if place == "home":
            view = {"type": "home", "blocks": ROWS}
            trial.slack._workspace.views.publish(view, "U0ADA", "T0SANDBOX")
        else:
            trial.slack._workspace.post("C0GENERAL", "A list", checked(ROWS))
        trial.slack._workspace.changed()
    if place == "home":
        ada.page.route("**/_page/home", lambda route: route.fulfill(json={}))  # it stays as it is
        ada.page.get_by_role("button", name="phantombot").click()
    picks = ada.page.get_by_role("button", name="Pick")
    expect(picks).to_have_count(3)
    with ada.page.expect_request("**/_page/press") as sent:
        picks.nth(1).click()
    assert sent.value.post_data_json["block_id"] == "second"
