"""A local Slack with a stand-in for the bot, and local Phantombusters of either form."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import phantombuster_stage
import pytest
from slack_sdk import WebClient
from slack_stage import SECRET, TLS, TOKEN, Bot, Clock

from phantombot.sandbox.phantombuster import LocalPhantombuster
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
    """Yield threads in which servers stop, since each waits for a poll of its socket."""
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


@pytest.fixture
def clock() -> phantombuster_stage.Clock:
    return phantombuster_stage.Clock()


@pytest.fixture(scope="module")
def opened() -> Iterator[list[LocalPhantombuster]]:
    """Yield a list for the module's servers, which are stopped together to save time."""
    servers: list[LocalPhantombuster] = []
    yield servers
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(LocalPhantombuster.stop, servers))


@pytest.fixture
def serve(
    clock: phantombuster_stage.Clock, opened: list[LocalPhantombuster]
) -> Callable[..., LocalPhantombuster]:
    def start(**settings: Any) -> LocalPhantombuster:
        server = LocalPhantombuster(**({"clock": clock} | settings))
        opened.append(server)
        server.start()
        return server

    return start


@pytest.fixture
def later(serve: Callable[..., LocalPhantombuster]) -> LocalPhantombuster:
    return serve()


@pytest.fixture
def v2(serve: Callable[..., LocalPhantombuster]) -> LocalPhantombuster:
    return serve(form="v2")


@pytest.fixture
def first(serve: Callable[..., LocalPhantombuster]) -> LocalPhantombuster:
    return serve(form="2014")
