"""Large results are held one at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from phantombot.context import Turns
from phantombot.errors import AnswerTooLarge
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Output
from phantombot.runs.whole_output import whole_output

PATIENCE = 30
SMALL, LARGE = "1", "2"


class Large:
    """A Phantombuster of which one agent returns little; it counts what is held at once."""

    def __init__(self) -> None:
        self.phantombuster = self
        self.turns = Turns()
        self.read: list[str] = []

    def output(self, key: ApiKey, agent_id: str, **asked: Any) -> Output:
        if agent_id == LARGE and asked.get("largest"):
            raise AnswerTooLarge
        self.read.append(key.workspace)
        return Output(result="[]")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def hold(context: Any, workspace: str, agent: str, seen: Event, until: Event) -> None:
    with whole_output(context, ApiKey("key", workspace), agent):
        seen.set()
        assert until.wait(PATIENCE)


def test_of_a_workspace_one_large_result_is_held_at_a_time(pool: ThreadPoolExecutor):
    context, first, second = Large(), SimpleNamespace(**events()), SimpleNamespace(**events())
    held = pool.submit(hold, context, "T1", LARGE, first.seen, first.until)
    assert first.seen.wait(PATIENCE)
    waiting = pool.submit(hold, context, "T1", LARGE, second.seen, second.until)
    other, small = events(), events()
    others = [
        pool.submit(hold, context, "T2", LARGE, **other),
        pool.submit(hold, context, "T1", SMALL, **small),
    ]
    assert other["seen"].wait(PATIENCE)
    assert small["seen"].wait(PATIENCE)
    assert context.read.count("T1") == 2  # the first large one, and the small one
    assert not second.seen.is_set()
    first.until.set()
    assert second.seen.wait(PATIENCE)
    for event in (second.until, other["until"], small["until"]):
        event.set()
    for future in (held, waiting, *others):
        future.result(PATIENCE)


def events() -> dict[str, Event]:
    return {"seen": Event(), "until": Event()}


def test_what_goes_wrong_with_one_result_does_not_keep_the_next_waiting():
    context = Large()
    with pytest.raises(ZeroDivisionError), whole_output(context, ApiKey("key", "T1"), LARGE):
        raise ZeroDivisionError
    with whole_output(context, ApiKey("key", "T1"), LARGE) as output:
        assert output.result == "[]"
