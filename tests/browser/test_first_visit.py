"""A first visit: somebody who knows nothing is led through four steps, and tries the key."""

from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from phantombot.sandbox.trial import Trial

from .conftest import Open
from .test_looks import faults, overflows
from .visiting import Visit


def steps(page: Page) -> Locator:
    return page.get_by_role("region", name="New here?")


def current(page: Page, title: str) -> None:
    """Wait until this is the step that is explained."""
    expect(steps(page).locator("[aria-current=step]")).to_contain_text(title)


def send_the_line(ada: Visit) -> None:
    """Put the step's line into the message field by its button, and send it."""
    steps(ada.page).get_by_role("button", name="/phantom").click()
    ada.page.keyboard.press("Enter")


def test_who_reads_only_the_first_screen_launches_an_agent_and_is_told_of_its_end(
    visit: Open, trial: Trial
):
    ada = visit()
    ada.shoot("first-screen")
    line = steps(ada.page).get_by_role("button", name="/phantom launch").text_content() or ""
    assert "=" in line
    assert "pages=3" in line
    ada.page.keyboard.type(line)  # the message field has the focus
    ada.page.keyboard.press("Enter")
    ada.sees("LinkedIn Search", "finished", "120 results")
    (launch,) = trial.phantombuster.launches
    assert launch.agent_id == "785"
    assert launch.argument is not None
    assert '"pages"' in launch.argument
    current(ada.page, "Break Phantombuster")


def test_the_four_steps_tick_themselves_off_and_stay_ticked_over_a_reload(
    visit: Open, trial: Trial
):
    ada = visit()
    count = ada.page.get_by_role("button", name="Steps")
    current(ada.page, "Launch an agent")
    send_the_line(ada)
    current(ada.page, "Break Phantombuster")
    ada.shoot("steps-break")
    steps(ada.page).get_by_role("button", name="Open Phantombuster").click()
    ada.bad_day("The session cookie expired")
    send_the_line(ada)
    current(ada.page, "Watch an agent")
    expect(steps(ada.page)).to_contain_text("Turn the bad day off again")
    ada.bad_day("The session cookie expired")
    expect(steps(ada.page)).not_to_contain_text("Turn the bad day off again")
    send_the_line(ada)
    ada.sees("Only visible to you", "Hello World")
    ada.page.get_by_role("button", name="Launch Hello World on Phantombuster's own page").click()
    expect(count).to_contain_text("4/4")
    expect(steps(ada.page)).to_contain_text("That is all of them")
    ada.shoot("steps-done")
    ada.page.reload()
    expect(count).to_contain_text("4/4")


def test_the_steps_are_put_away_and_come_back_by_a_button(visit: Open):
    ada = visit()
    steps(ada.page).get_by_role("button", name="Put away").click()
    expect(steps(ada.page)).to_be_hidden()
    ada.page.reload()
    again = ada.page.get_by_role("button", name="Steps")
    expect(again).to_have_attribute("aria-expanded", "false")
    expect(steps(ada.page)).to_be_hidden()
    again.click()
    expect(steps(ada.page)).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_the_steps_cover_nothing_and_everybody_can_read_them(visit: Open, width: int, scheme: str):
    ada = visit(width=width, height=780, scheme=scheme)
    expect(steps(ada.page)).to_be_visible()
    ada.shoot(f"steps-{width}-{scheme}")
    assert overflows(ada.page) <= 0
    assert faults(ada.page) == []
    ada.type("/phantom launch 908")
    ada.sees("Hello World", "finished")
    ada.shoot(f"steps-{width}-{scheme}-said")
    boxes = [
        ada.page.locator(part).bounding_box() for part in ("#top", "#steps", "#messages", "footer")
    ]
    edges = [(box["y"], box["y"] + box["height"]) for box in boxes if box]
    assert len(edges) == 4
    assert all(above[1] <= below[0] + 0.5 for above, below in pairwise(edges))
    assert edges[2][1] - edges[2][0] >= 300


def test_the_key_is_taken_away_and_stored_again_by_its_form_and_a_wrong_one_is_refused(
    visit: Open, trial: Trial
):
    ada = visit()
    ada.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ada.type("/phantom key remove")
    ada.press("Forget the key")
    expect(ada.page.get_by_role("button", name="Forget the key")).to_have_count(0)
    ada.open_pane("Phantombuster")
    ada.page.get_by_role("button", name="Copy").click()
    expect(ada.page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    ada.shoot("key-shown")
    ada.type("/phantom key")
    form = ada.page.get_by_role("dialog", name="Phantombuster key")
    field = form.get_by_role("textbox", name="API key")
    field.fill("wrong-key-0123456789")
    field.press("Enter")
    expect(form).to_contain_text("doesn't accept this key")
    ada.shoot("key-wrong")
    field.fill("")
    field.press("ControlOrMeta+v")
    field.press("Enter")
    expect(form).to_contain_text(f"the key ending in {trial.phantombuster.key[-4:]}")
    form.get_by_role("button", name="Close").click()
    ada.type("/phantom launch 908")
    ada.sees("Hello World", "finished")
