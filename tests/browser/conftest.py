"""The sandbox's page in a real Chromium: the real bot behind it, in fast motion."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from phantombot.sandbox.trial import Trial

SPEED = 10
SHOTS = Path(__file__).parent / "shots"
"""Screenshots, for a look; git ignores them."""
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=10_000)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """For these tests alone: while it lives, nothing else in the process can run a loop."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
    yield browser
    browser.close()


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    trial = Trial(0, str(tmp_path), speed=SPEED)
    trial.start()
    yield trial
    trial.stop()


class Visit:
    """The page as somebody sees it, in a window of some size."""

    def __init__(self, page: Page, trial: Trial, user: str) -> None:
        self.page = page
        self.user = user
        page.goto(f"{trial.slack.url}/#{user}/C0GENERAL")
        expect(page.get_by_role("heading", name="general")).to_be_visible()

    def type(self, line: str) -> None:
        """A line in the message field, sent."""
        field = self.page.get_by_role("textbox", name="Message or command")
        field.fill(line)
        field.press("Enter")

    def sees(self, *parts: str) -> None:
        """Within the time there is a message that has all the parts."""
        found = self.page.get_by_role("article")
        for part in parts:
            found = found.filter(has_text=part)
        expect(found.last).to_be_visible()

    def press(self, name: str) -> None:
        """The last button of that name."""
        self.page.get_by_role("button", name=name, exact=True).last.click()

    def open_pane(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()
        expect(self.page.get_by_role("complementary", name=name)).to_be_visible()

    def bad_day(self, name: str) -> None:
        """Switch one on, or off again."""
        switch = self.page.get_by_role("switch", name=name)
        was = switch.is_checked()
        switch.click()
        expect(self.page.get_by_role("switch", name=name, checked=not was)).to_be_visible()

    def shoot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")


Open = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, trial: Trial) -> Iterator[Open]:
    """Opens the page; at the end nothing was asked of anywhere else, and no script had failed."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    failed: list[str] = []

    def visit(
        user: str = "U0ADA", width: int = 1440, height: int = 900, scheme: str = "light"
    ) -> Visit:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, color_scheme=scheme, locale="en-GB")
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        return Visit(page, trial, user)

    yield visit
    for context in contexts:
        context.close()
    assert all(url.startswith((trial.slack.url, "data:")) for url in asked)
    assert failed == []
