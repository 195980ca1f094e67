"""A local Slack with a stand-in for the bot."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_sdk import WebClient
from slack_stage import SECRET, TLS, TOKEN, Bot, Clock

from phantombot.sandbox.server import Response
from phantombot.sandbox.slack import LocalSlack


@pytest.fixture(scope="session")
def running_bot() -> Iterator[Bot]:
    bot = Bot()
    bot.server.start()
    yield bot
    bot.server.stop()


@pytest.fixture
def bot(running_bot: Bot) -> Bot:
    running_bot.received.clear()
    running_bot.answer = lambda _: Response(200)
    return running_bot


@pytest.fixture
def slack_clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def stopping() -> Iterator[ThreadPoolExecutor]:
    """Where servers stop: each takes one poll of its socket, too long to wait for every time."""
    with ThreadPoolExecutor() as threads:
        yield threads


@pytest.fixture
def slack(bot: Bot, slack_clock: Clock, stopping: ThreadPoolExecutor) -> Iterator[LocalSlack]:
    slack = LocalSlack(signing_secret=SECRET, bot_token=TOKEN, clock=slack_clock)
    slack.bot_url = f"{bot.server.url}/slack/events"
    slack.start()
    yield slack
    stopping.submit(slack.stop)


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    return WebClient(token=TOKEN, base_url=slack.api_url, ssl=TLS, retry_handlers=[])
