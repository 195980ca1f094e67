"""Run again, however often it was pressed before."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from stage import Stage, asker

from phantombot.commands.again import launch_again
from phantombot.runs.model import Run, State
from phantombot.slack.payload import Invocation

BOTH_APIS = True


def press(stage: Stage, run: Run, user: str) -> None:
    """Press the button, more than 10 seconds after whoever pressed before; it launches."""
    stage.clock.forward(11)
    refused = launch_again(stage.context, Invocation(asker(user), "a press"), run)
    assert refused is None


@contextmanager
def counting(stage: Stage) -> Iterator[list[str]]:
    """Yield what is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = stage.runs.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_the_thirtieth_press_asks_the_database_as_often_as_the_second(stage: Stage):
    run = stage.run(stage.type(command=None))
    counts = []
    for number in range(30):
        with counting(stage) as asked:
            press(stage, run, f"U{number}")
        counts.append(len(asked))
    assert counts[29] == counts[1]


def test_any_number_of_presses_launches_as_often(stage: Stage):
    run = stage.run(stage.type(command=None))
    for number in range(103):
        press(stage, run, f"U{number}")
    launches = stage.runs.open("T1")
    assert [one.state for one in launches] == [State.INTENDED] * 104
