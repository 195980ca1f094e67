"""The sandbox's page in a real Chromium: the real bot behind it, in fast motion."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from patience import PATIENCE
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from slack_sdk import WebClient

from phantombot.sandbox.phantombuster import DEFAULT_FORM
from phantombot.sandbox.trial import Trial

from .visiting import CHROMIUM, Visit, launch

SPEED = 10


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Yield Playwright, only here: while it runs, the process can run no other event loop."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trial]:
    """Yield the sandbox, with an account of the form that the test asks for."""
    form = getattr(request, "param", DEFAULT_FORM)
    trial = Trial(0, str(tmp_path), form, speed=SPEED)
    trial.slack._courier.patience = PATIENCE
    trial.start()
    yield trial
    trial.stop()


@pytest.fixture
def client(trial: Trial) -> WebClient:
    """Return a client that calls the local Slack as the bot does."""
    token = trial.slack._desk._bot_token
    return WebClient(token=token, base_url=trial.slack.api_url)


Open = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, trial: Trial) -> Iterator[Open]:
    """Yield a function that opens the page; check that no request left, and no script failed."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    failed: list[str] = []

    def visit(
        user: str = "U0ADA", width: int = 1440, height: int = 900, scheme: str = "light"
    ) -> Visit:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, color_scheme=scheme, locale="en-GB")
        contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        return Visit(page, trial, user)

    yield visit
    for context in contexts:
        context.close()
    assert all(url.startswith((trial.slack.url, "data:")) for url in asked)
    assert failed == []
