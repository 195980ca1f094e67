"""How the page looks, in any window and for anybody."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Playwright, expect

from phantombot.sandbox.slack.blocks import checked
from phantombot.sandbox.slack.tickets import Trigger
from phantombot.sandbox.trial import Trial

from .conftest import Open
from .everything import BLOCKS, FORM
from .visiting import CHROMIUM, FLAGS, Visit

WIDTHS = (390, 1440)
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}


def say_everything(trial: Trial) -> None:
    """Post everything in blocks that the local Slack accepts."""
    sortable = [block for block in BLOCKS if block["type"] == "data_table"]
    others = [block for block in BLOCKS if block not in sortable]  # a message has one table
    with trial.slack._workspace.bell:
        trial.slack._workspace.post("C0GENERAL", "A table", checked(sortable))
        trial.slack._workspace.post("C0GENERAL", "Everything", checked(others))


def show_everything(ada: Visit, trial: Trial) -> None:
    """Show every block and element, and the result of a run."""
    say_everything(trial)
    ada.type("/phantom launch 785")
    ada.sees("LinkedIn Search", "finished")


def overflows(page: Page) -> int:
    """Return how many pixels the page could be scrolled to the right."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def faults(page: Page) -> list[str]:
    """Return what axe-core finds wrong, contrast among it."""
    found = Axe().run(page, options=_RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_nothing_sticks_out_and_everybody_can_read_it(
    visit: Open, trial: Trial, width: int, scheme: str
):
    ada = visit(width=width, scheme=scheme)
    show_everything(ada, trial)
    for pane in ("", "Phantombuster", "Traffic"):
        if pane:
            ada.open_pane(pane)
        ada.shoot(f"looks-{width}-{scheme}-{pane or 'channel'}")
        assert overflows(ada.page) <= 0
        assert faults(ada.page) == []
        if pane:
            ada.page.keyboard.press("Escape")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_form_of_every_field_fits_and_everybody_can_fill_it_in(
    visit: Open, trial: Trial, width: int
):
    ada = visit(width=width)
    with trial.slack._workspace.bell:
        trial.slack._workspace.views.open(FORM, "1.2", Trigger("U0ADA", "T0SANDBOX", 0.0))
        trial.slack._workspace.changed()
    form = ada.page.get_by_role("dialog", name="Every field")
    expect(form).to_be_visible()
    ada.shoot(f"form-{width}")
    assert overflows(ada.page) <= 0
    assert faults(ada.page) == []
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("textbox", name="Text")).to_be_focused()


def test_block_kit_is_drawn_as_slack_means_it(visit: Open, trial: Trial):
    ada = visit()
    say_everything(trial)
    shown = ada.page.get_by_role("article")
    expect(shown.get_by_role("heading", name="Header 👻")).to_be_visible()
    for tag, text in (("strong", "bold"), ("em", "italic"), ("s", "strike"), ("code", "code")):
        expect(shown.locator(tag, has_text=text).first).to_have_text(text)
    expect(shown.get_by_role("link", name="a link")).to_have_attribute("href", "https://a.example")
    for named in ("@max", "#general", "@here", "@ops"):
        expect(shown.get_by_text(named).first).to_be_visible()
    expect(shown.get_by_text("<b>no markup</b>")).to_be_visible()
    expect(shown.get_by_role("img", name="A picture of elsewhere").first).to_be_visible()
    expect(shown.get_by_role("columnheader", name="Agent")).to_be_visible()
    expect(shown.get_by_role("listitem").filter(has_text="first")).to_be_visible()
    shown.get_by_role("button", name="Ask").click()
    question = ada.page.get_by_role("dialog", name="Sure?")
    question.get_by_role("button", name="No").click()
    expect(question).to_be_hidden()
    ada.shoot("blocks")


def test_a_data_table_is_sorted_by_its_headings_and_leafed_through(visit: Open, trial: Trial):
    ada = visit()
    say_everything(trial)
    table = ada.page.get_by_role("region", name="Results of LinkedIn Search")
    names = table.get_by_role("rowheader")
    expect(names).to_have_text(["Ada", "Édith", "Grace"])
    ada.page.get_by_role("button", name="Next").click()
    expect(names).to_have_text(["Barbara"])
    table.get_by_role("button", name="Shared connections").click()
    expect(names).to_have_text(["Barbara", "Ada", "Édith"])
    table.get_by_role("button", name="Shared connections").click()
    expect(names).to_have_text(["Grace", "Édith", "Ada"])
    table.get_by_role("button", name="Name").click()
    expect(names).to_have_text(["Ada", "Barbara", "Édith"])
    expect(table.get_by_role("columnheader", name="Name")).to_have_attribute(
        "aria-sort", "ascending"
    )
    ada.shoot("data-table")


def test_everything_is_done_by_keyboard_alone(visit: Open, trial: Trial):
    ada = visit()
    press, page = ada.page.keyboard.press, ada.page
    page.keyboard.type("/ph")
    expect(page.get_by_role("option", name="/phantom launch <agent>")).to_be_visible()
    press("Tab")
    page.keyboard.type("launch 903")
    press("Enter")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    focus(page, "Stop", "Shift+Tab")
    press("Enter")
    expect(page.get_by_role("dialog", name="Stop it?")).to_be_visible()
    press("Enter")
    ada.sees("Google Maps Extractor", "stopped")
    focus(page, "Traffic", "Shift+Tab")
    press("Enter")
    expect(page.get_by_role("complementary", name="Traffic")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("button", name="Traffic")).to_be_focused()
    focus(page, "Message or command", "Tab")
    press("ArrowUp")
    expect(page.get_by_role("textbox", name="Message or command")).to_have_value(
        "/phantom launch 903"
    )
    press("Control+A")
    page.keyboard.type("/phantom key")
    press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("textbox", name="Message or command")).to_be_focused()


def focus(page: Page, name: str, key: str) -> None:
    """Go on by a key until something of that name has the focus, and can be seen to have it."""
    focused = "document.activeElement.ariaLabel || document.activeElement.textContent.trim()"
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate(focused) == name:
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"{name} was not reached with {key}")


def test_a_narrow_window_has_its_channels_in_a_drawer(visit: Open):
    ada = visit(width=390, height=780)
    expect(ada.page.get_by_role("button", name="payload-alerts")).to_be_hidden()
    ada.page.get_by_role("button", name="Channels and people").click()
    ada.shoot("drawer")
    ada.page.get_by_role("button", name="payload-alerts").click()
    expect(ada.page.get_by_role("heading", name="payload-alerts")).to_be_visible()
    expect(ada.page.get_by_role("button", name="private-ops")).to_be_hidden()


def test_no_request_of_the_whole_browser_leaves_the_machine(
    playwright: Playwright, trial: Trial, tmp_path: Path
):
    """By the browser's own log of the network, which the page cannot get around."""
    log = tmp_path / "net.json"
    nowhere = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    flags = [*FLAGS, nowhere, f"--log-net-log={log}"]
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=flags
    )
    show_everything(Visit(context.pages[0], trial, "U0ADA"), trial)
    context.close()
    told = json.loads(log.read_text())
    connects = told["constants"]["logEventTypes"]["TCP_CONNECT_ATTEMPT"]
    said = [(event["type"], event.get("params", {})) for event in told["events"]]
    by_page = {one["url"] for _, one in said if one.get("initiator") == trial.slack.url}
    assert {urlsplit(url).netloc for url in by_page} == {urlsplit(trial.slack.url).netloc}
    connected = {one["address"] for kind, one in said if kind == connects and "address" in one}
    assert connected
    assert all(address.startswith("127.0.0.1:") for address in connected)
