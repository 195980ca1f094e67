"""An account of API v2 on the page: launched and stopped, and moved there from v1."""

import pytest
from playwright.sync_api import expect

from phantombot.sandbox.trial import Trial

from .conftest import Open


@pytest.mark.parametrize("trial", ["v2"], indirect=True)
def test_a_run_of_v2_is_followed_asked_to_end_and_shows_what_it_found(visit: Open, trial: Trial):
    ada = visit()
    ada.type("/phantom launch 903 casperjs")
    ada.sees("This account's agents choose their own engine; leave", "casperjs")
    assert trial.phantombuster.launches == []
    ada.type('/phantom launch 903 {"square": 1}')
    ada.sees("Google Maps Extractor", "running", "Square", "Open at Phantombuster")
    ada.shoot("v2-running")
    ada.press("Stop")
    question = ada.page.get_by_role("dialog", name="Stop it?")
    question.get_by_role("button", name="Stop").click()
    ada.sees("Asked to end by itself: Google Maps Extractor (903)")
    expect(ada.page.get_by_role("button", name="Stop now")).to_be_visible()
    ada.sees("Google Maps Extractor", "finished", "asked it to end", "180 results")
    ada.shoot("v2-asked-to-end")
    ada.page.get_by_role("button", name="2 replies").click()
    thread = ada.page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_role("rowheader", name="Café 10", exact=True)).to_be_visible()
    ada.shoot("v2-thread")


def test_an_account_that_answers_v2_is_moved_there_from_home(visit: Open, trial: Trial):
    ada = visit()
    ada.open_pane("Phantombuster")
    ada.page.get_by_role("radio", name="v2").check()
    ada.page.get_by_role("button", name="phantombot").click()
    home = ada.page.get_by_role("tabpanel", name="Home")
    move = home.get_by_role("button", name="Move to API v2")
    expect(move).to_be_visible()
    ada.shoot("v2-offered")
    move.click()
    ada.page.get_by_role("tab", name="Messages").click()
    ada.sees("goes by Phantombuster's API v2 from now on")
    ada.shoot("v2-moved")
    ada.page.get_by_role("button", name="general").click()
    ada.type("/phantom launch 908")
    ada.sees("Hello World", "finished", "Open at Phantombuster")
    (launch,) = trial.phantombuster.launches
    assert launch.tags is not None
