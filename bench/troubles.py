"""How a launch's calls go wrong, and where its process is killed: the fault matrix's columns.

A kill is an exception that nothing catches, as it passes nothing on.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fakes import Clock

from phantombot.errors import (
    AnswerLost,
    AnswerUnreadable,
    CannotPost,
    RateLimited,
    ServerFault,
    SlackUnavailable,
    Unreachable,
)

READS = ("account", "output", "containers")
ACTS = ("launch",)
SAYS = ("post", "edit", "whisper", "upload")


class Killed(BaseException):
    """The process is gone."""


@dataclass(frozen=True)
class Trouble:
    """A call that goes wrong: from its `nth` time on, `times` times."""

    call: str = ""
    kind: str = ""
    nth: int = 1
    times: int = 1
    form: str = "later"


@dataclass(frozen=True)
class Kill:
    """The process is killed before or after its `nth` write."""

    nth: int
    after: bool


@dataclass
class Scene:
    """One command's world; its proxies are made anew when the process starts again."""

    workspace: str
    trouble: Trouble
    kill: Kill | None
    clock: Clock = field(default_factory=Clock)
    calls: Counter[str] = field(default_factory=Counter)
    writes: int = 0

    def meets_trouble(self, call: str) -> bool:
        self.calls[call] += 1
        met = self.calls[call] - self.trouble.nth
        return call == self.trouble.call and 0 <= met < self.trouble.times

    def written(self, write: Callable[[], Any]) -> Any:
        """The write, with the kill before or after it."""
        self.writes += 1
        due = self.kill is not None and self.kill.nth == self.writes
        if due and not self.kill.after:
            raise Killed
        found = write()
        if due:
            raise Killed
        return found


class Shaky:
    """A port whose calls misbehave as the scene's trouble says."""

    def __init__(self, inner: Any, scene: Scene) -> None:
        self._inner, self._scene = inner, scene

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return partial(self._call, name, found) if callable(found) else found

    def _call(self, name: str, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        doing = partial(act, *given, **named)
        if not self._scene.meets_trouble(name):
            return doing()
        return misbehave(self._scene, name, doing)


class Mortal:
    """A store at each of whose writes the process may be killed."""

    def __init__(self, inner: Any, scene: Scene, *writes: str) -> None:
        self._inner, self._scene, self._writes = inner, scene, writes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._writes:
            return found
        return lambda *given, **named: self._scene.written(partial(found, *given, **named))


def misbehave(scene: Scene, call: str, act: Callable[[], Any]) -> Any:
    """One call that goes wrong in the way of the scene's trouble."""
    kind, _, when = scene.trouble.kind.partition(" ")
    if when == "after":
        act()
    if kind == "slow":
        scene.clock.forward(33)
        return act()
    if kind == "killed":
        raise Killed
    errors = _PHANTOMBUSTER if call in (*READS, *ACTS) else _SLACK
    failure: Exception = errors[kind]()
    raise failure


_PHANTOMBUSTER = {
    "refused": Unreachable,
    "cut": AnswerLost,
    "429": RateLimited,
    "500": partial(ServerFault, status=500),
    "shape": AnswerUnreadable,
}
_SLACK = {
    "refused": partial(CannotPost, "not_in_channel"),
    "cut": partial(SlackUnavailable, "unreachable"),
    "429": partial(SlackUnavailable, "ratelimited", retry_after=30),
    "500": partial(SlackUnavailable, "internal_error"),
    "shape": partial(SlackUnavailable, "unreadable"),
}
_BEFORE = ("refused", "cut before", "429", "500 before", "shape before", "slow", "killed before")
_AFTER = ("cut after", "500 after", "shape after", "killed after")


def troubles() -> Iterator[Trouble]:
    """Every call of the path, in every way in which it can go wrong."""
    for form, (nth, times) in itertools.product(("later", "2014"), ((1, 1), (1, 3), (2, 1))):
        for call in (*READS, *ACTS, *SAYS):
            kinds = _BEFORE if call in READS else (*_BEFORE, *_AFTER)
            for kind in kinds:
                yield Trouble(call, kind, nth, times, form)
        for kind in ("cut before", "429", "slow", "killed before"):
            yield Trouble("person", kind, nth, times, form)
