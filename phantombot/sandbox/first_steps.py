"""The four steps that lead through a first visit of the sandbox."""

from dataclasses import dataclass
from typing import Literal

FIRST_LINE = "/phantom launch LinkedIn Search url=https://linkedin.com/search pages=3"


@dataclass(frozen=True)
class Step:
    """A step: its title, how to do it, and a line to send for it."""

    name: str
    title: str
    how: str
    line: str = ""
    phantombuster: Literal["", "before", "after"] = ""
    """When to do something in the Phantombuster pane: before the line is sent, or after."""


FIRST_STEPS = (
    Step(
        "launch",
        "Launch an agent",
        "Name it, and say what it shall do. Press the line to put it into the message field, and"
        " send it:",
        FIRST_LINE,
    ),
    Step(
        "end",
        "See it end",
        "One message follows the run; this one takes 10 seconds. Once it has ended, its thread"
        " holds the console and the result.",
    ),
    Step(
        "break",
        "Break Phantombuster",
        "In Phantombuster, turn on a bad day, such as “The session cookie expired”. Launch again:",
        "/phantom launch LinkedIn Search",
        phantombuster="before",
    ),
    Step(
        "watch",
        "Watch an agent",
        "Send this line. Then, in Phantombuster, press the triangle beside Hello World, which"
        " launches it without the bot: the channel is told of its end within 2 minutes.",
        "/phantom watch Hello World success",
        phantombuster="after",
    ),
)
