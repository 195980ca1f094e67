"""The pages around installing, as a browser draws them: they fit a phone, in light and dark."""

from urllib.parse import urlsplit

import pytest
from patience import PATIENCE
from playwright.sync_api import Browser, Page, Route

from phantombot.messages.installing import (
    denied_page,
    installed_page,
    slack_refused_page,
    stale_page,
    try_later_page,
)
from phantombot.slack.oauth_pages import page_headers, rendered

from .test_looks import faults, overflows
from .visiting import SHOTS

INSTALL = "https://bot.example/slack/install"
IN_SLACK = (
    "slack://app?team=T1&id=A1&tab=messages",
    "https://slack.com/app_redirect?app=A1&team=T1",
)
NAME = "Donaudampfschifffahrtsgesellschaftskapitänsvereinigung"
PAGES = {
    "installed": installed_page("Acme", *IN_SLACK, org_wide=False),
    "installed-long": installed_page(NAME, *IN_SLACK, org_wide=False),
    "organisation": installed_page("Acme", *IN_SLACK, org_wide=True),
    "denied": denied_page(INSTALL),
    "stale": stale_page(INSTALL),
    "refused": slack_refused_page(INSTALL),
    "later": try_later_page(INSTALL),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_each_page_fits_and_everybody_can_read_it(browser: Browser, width: int, scheme: str):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    context.set_default_timeout(PATIENCE * 1000)
    SHOTS.mkdir(exist_ok=True)
    for name, shown in PAGES.items():
        page = context.new_page()
        asked, complaints = opened(page, rendered(shown))
        colour = page.evaluate("getComputedStyle(document.querySelector('.primary')).color")
        assert colour == "rgb(255, 255, 255)", "the policy lets the style apply"
        page.screenshot(path=SHOTS / f"installing-{name}-{width}-{scheme}.png")
        assert overflows(page) <= 0, name
        assert (faults(page), asked, complaints) == ([], ["/slack/oauth_redirect"], []), name
    context.close()


def opened(page: Page, html: str) -> tuple[list[str], list[str]]:
    """Open the page as the bot serves it; what it asks for, and what the browser complains of."""
    asked: list[str] = []
    complaints: list[str] = []

    def answer(route: Route) -> None:
        asked.append(urlsplit(route.request.url).path)
        route.fulfill(body=html, headers=dict(page_headers()))

    page.on("console", lambda said: complaints.append(said.text))
    page.route("**/*", answer)
    page.goto("https://bot.example/slack/oauth_redirect")
    return asked, complaints
