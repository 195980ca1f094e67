"""How a launch's calls go wrong, and where its process is killed: the fault matrix's columns.

A kill is an exception that nothing catches, as it passes nothing on.
"""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
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

IN_V1, IN_V2 = ("later", "2014"), ("v2",)
"""The forms of each version of Phantombuster's API."""
READS = ("account", "output", "containers")
READS_OF_V2 = (*READS, "running", "tagged")
ACTS = ("launch",)
SAYS = ("post", "edit", "whisper", "upload")


class Killed(BaseException):
    """The process is gone."""


class Interleaving(StrEnum):
    """The order in which the launch and the post of its message, sent at once, are answered.

    Together they leave all that a kill can find: either request sent or not, and if it was sent,
    its answer written down or not.
    """

    POST_FIRST = "post first"
    LAUNCH_FIRST = "launch first"
    POST_UNWRITTEN = "post unwritten"
    """Slack answers before the launch is sent; its answer is written after the launch's."""
    BY_NAME = "by name"
    """The agent is in no list: it is looked up first, and the post waits for the launch."""


@dataclass(frozen=True)
class Trouble:
    """A call that goes wrong: from its `nth` time on, `times` times."""

    call: str = ""
    kind: str = ""
    nth: int = 1
    times: int = 1
    form: str = "later"
    lost: str = ""
    """How the launch's answer is lost too, so that the call is one of those that look for it."""


@dataclass(frozen=True)
class Kill:
    """The process is killed before or after its `nth` write."""

    nth: int
    after: bool


@dataclass
class Scene:
    """One command's world; its proxies are replaced when the process restarts."""

    workspace: str
    trouble: Trouble
    kill: Kill | None
    order: Interleaving = Interleaving.POST_FIRST
    clock: Clock = field(default_factory=Clock)
    calls: Counter[str] = field(default_factory=Counter)
    writes: int = 0

    def goes_wrong(self, call: str) -> str:
        """Count the call, and return how it goes wrong; empty if it doesn't."""
        self.calls[call] += 1
        if call == "launch" and self.trouble.lost:
            return self.trouble.lost
        met = self.calls[call] - self.trouble.nth
        in_trouble = call == self.trouble.call and 0 <= met < self.trouble.times
        return self.trouble.kind if in_trouble else ""

    def written(self, write: Callable[[], Any]) -> Any:
        """Write, with the kill before or after it."""
        self.writes += 1
        due = self.kill is not None and self.kill.nth == self.writes
        if due and not self.kill.after:
            raise Killed
        found = write()
        if due:
            raise Killed
        return found


class Beside:
    """Posts a launch's message while the launch is sent, in the scene's order."""

    def __init__(self, order: Interleaving) -> None:
        self._order = order
        self._thread: threading.Thread | None = None
        self._answered, self._go_on = threading.Event(), threading.Event()
        self._killed = False
        self._raised: BaseException | None = None

    def __call__(self, work: Callable[[], None]) -> Callable[[], None]:
        if self._order is Interleaving.LAUNCH_FIRST:
            return work
        if self._order is not Interleaving.POST_UNWRITTEN:
            work()
            return lambda: None
        self._answered.clear()
        self._go_on.clear()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()
        self._answered.wait()
        if isinstance(self._raised, Killed):
            raise self._raised
        return self._join

    def answered(self) -> None:
        """Signal that Slack has answered, before the thread hears of it."""
        if threading.current_thread() is self._thread:
            self._answered.set()
            self._go_on.wait()
            if self._killed:
                raise Killed

    def kill(self) -> None:
        """End the thread with its process."""
        self._killed = True
        self._go_on.set()
        if self._thread is not None:
            self._thread.join()
        self._thread, self._raised, self._killed = None, None, False

    def _join(self) -> None:
        self._go_on.set()
        if self._thread is not None:
            self._thread.join()
        if self._raised is not None:
            raise self._raised

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - whoever waits for it hears of it
            self._raised = error
        finally:
            self._answered.set()


class Shaky:
    """A port whose calls misbehave as the scene's trouble says."""

    def __init__(
        self, inner: Any, scene: Scene, answered: Callable[[], None] = lambda: None
    ) -> None:
        """Set `answered` to be called before the caller gets the answer."""
        self._inner, self._scene, self._answered = inner, scene, answered

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return partial(self._call, name, found) if callable(found) else found

    def _call(self, name: str, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        doing = partial(act, *given, **named)
        try:
            how = self._scene.goes_wrong(name)
            return misbehave(self._scene, name, how, doing) if how else doing()
        finally:
            self._answered()


class Mortal:
    """A store that can kill the process at each of its writes."""

    def __init__(self, inner: Any, scene: Scene, *writes: str) -> None:
        self._inner, self._scene, self._writes = inner, scene, writes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._writes:
            return found
        return lambda *given, **named: self._scene.written(partial(found, *given, **named))


def misbehave(scene: Scene, call: str, how: str, act: Callable[[], Any]) -> Any:
    """Make one call, which goes wrong in this way."""
    kind, _, when = how.partition(" ")
    if when == "after":
        act()
    if kind == "slow":
        scene.clock.forward(33)
        return act()
    if kind == "killed":
        raise Killed
    errors = _PHANTOMBUSTER if call in (*READS_OF_V2, *ACTS) else _SLACK
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


_TURNS = ((1, 1), (1, 3), (2, 1))
"""From which time on a call goes wrong, and how often."""


def troubles(forms: Sequence[str]) -> Iterator[Trouble]:
    """Yield every call of the path, with every way in which it can go wrong."""
    for form, (nth, times) in itertools.product(forms, _TURNS):
        reads = READS_OF_V2 if form in IN_V2 else READS
        for call in (*reads, *ACTS, *SAYS):
            kinds = _BEFORE if call in reads else (*_BEFORE, *_AFTER)
            for kind in kinds:
                yield Trouble(call, kind, nth, times, form)
        for kind in ("cut before", "429", "slow", "killed before"):
            yield Trouble("person", kind, nth, times, form)


def searches() -> Iterator[Trouble]:
    """Yield what can go wrong, in v2, while a launch is looked for whose answer was lost."""
    for lost, (nth, times) in itertools.product(_AFTER, _TURNS):
        for call, kind in itertools.product(("tagged", "running", "output"), _BEFORE):
            yield Trouble(call, kind, nth, times, *IN_V2, lost)


def ordered(forms: Sequence[str] = IN_V1) -> Iterator[tuple[Trouble, Interleaving]]:
    """Yield the troubles of the launch and its post in every order, and the others
    in one of them.
    """
    orders = list(Interleaving)
    every = itertools.chain(troubles(forms), searches() if forms == IN_V2 else ())
    for place, trouble in enumerate(every):
        concurrent = trouble.call in ("launch", "post")
        for order in orders if concurrent else orders[place % len(orders) :][:1]:
            yield trouble, order
