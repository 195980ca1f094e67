"""A visit to the sandbox's page, as somebody in some window would make it."""

import shutil
from pathlib import Path

from patience import PATIENCE
from playwright.sync_api import Browser, Page, Playwright, expect

from phantombot.sandbox.trial import Trial

SHOTS = Path(__file__).parent / "shots"
"""Screenshots, for a look; git ignores them."""
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _BROWSERS)), None)
"""The one without windows first: it takes less than half the CPU."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=PATIENCE * 1000)


def launch(playwright: Playwright) -> Browser:
    """Start the installed Chromium, with a profile of its own."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])


class Visit:
    """The page as somebody sees it, in a window of some size."""

    def __init__(self, page: Page, trial: Trial, user: str) -> None:
        self.page = page
        self.user = user
        page.goto(f"{trial.slack.url}/#{user}/C0GENERAL")
        expect(page.get_by_role("heading", name="general")).to_be_visible()

    def type(self, line: str) -> None:
        """Type a line into the message field, and send it."""
        field = self.page.get_by_role("textbox", name="Message or command")
        field.fill(line)
        field.press("Enter")

    def sees(self, *parts: str) -> None:
        """Wait for a message that has all the parts."""
        found = self.page.get_by_role("article")
        for part in parts:
            found = found.filter(has_text=part)
        expect(found.last).to_be_visible()

    def press(self, name: str) -> None:
        """Press the last button of that name."""
        self.page.get_by_role("button", name=name, exact=True).last.click()

    def open_pane(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()
        expect(self.page.get_by_role("complementary", name=name)).to_be_visible()

    def bad_day(self, name: str) -> None:
        """Turn a bad day on, or off again."""
        switch = self.page.get_by_role("switch", name=name)
        was = switch.is_checked()
        switch.click()
        expect(self.page.get_by_role("switch", name=name, checked=not was)).to_be_visible()

    def shoot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")
