"""The fault matrix: one launch in every trouble, and killed at every write, with nothing lost.

The core and the store are the real ones; Slack and Phantombuster are the fakes of the tests, put
behind a port that misbehaves. A kill is an exception that nothing catches, as it passes nothing on.
"""

import itertools
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from fakes import KEY, Clock, FakePhantombuster, FakeSlack
from stage import INTENT, Stage

from phantombot.errors import (
    AnswerLost,
    AnswerUnreadable,
    CannotPost,
    RateLimited,
    ServerFault,
    SlackUnavailable,
    Unreachable,
)
from phantombot.following import tend
from phantombot.messages.runs import run_message
from phantombot.ports import Ports
from phantombot.store.database import Database
from phantombot.store.runs import Runs
from phantombot.store.vault import Vault
from phantombot.store.workspaces import Workspaces

Tend = Callable[[Ports, str], datetime | None]

RUN_TAKES = 20.0
"""Seconds."""
MOST_TICKS = 400
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


@dataclass(frozen=True)
class Outcome:
    """What became of one command."""

    launched: int
    told: int
    """Messages that tell its ending."""
    done: bool
    """Nothing is left to do."""
    writes: int
    """That were begun before anything was killed."""

    @property
    def lost(self) -> bool:
        """Neither launched nor told so, or launched and its ending not told."""
        return not self.told or not self.done


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


@dataclass(frozen=True)
class Theatre:
    """The store, for as many scenes as wanted, one after another."""

    database: Database
    vault: Vault
    tend: Tend = tend

    def play(self, number: int, trouble: Trouble, kill: Kill | None = None) -> Outcome:
        """One command, from its delivery to the end of all that is to be done."""
        scene = Scene(f"T{number}", trouble, kill)
        runs = Runs(self.database, self.vault)
        keys = Workspaces(self.database, self.vault)
        keys.store_key(scene.workspace, KEY, by="U0ADA", at=scene.clock())
        phantombuster, slack = FakePhantombuster(scene.clock, trouble.form), FakeSlack()
        calm = Stage(runs, keys, scene.clock, phantombuster, slack).ports
        ports = replace(
            calm,
            runs=Mortal(runs, scene, "add", "write"),
            channels=Mortal(calm.channels, scene, "open", "close"),
            phantombuster=Shaky(phantombuster, scene),
            slack=Shaky(slack, scene),
            people=Shaky(calm.people, scene),
        )
        _deliver(ports, scene)
        (typed,) = runs.open(scene.workspace)
        done = self._tend_to_the_end(ports, scene, phantombuster)
        run = runs.get(scene.workspace, typed.id) or typed
        ending = run_message(run, scene.clock()) if run.ending else None
        texts = [shown.message.text for shown in slack.shown.values() if shown.thread is None]
        texts += [message.text for _, message in slack.whispers]
        told = texts.count(ending.text) if ending else 0
        return Outcome(len(phantombuster.launches), told, done and run.told, scene.writes)

    def _tend_to_the_end(
        self, ports: Ports, scene: Scene, phantombuster: FakePhantombuster
    ) -> bool:
        """As an engine would: whenever it is due, and at once after a restart."""
        for _ in range(MOST_TICKS):
            for run in phantombuster.agents["785"].runs:
                age = (scene.clock() - run.queued_at).total_seconds()
                if run.status != "not running" and age > RUN_TAKES:
                    phantombuster.finish(run, result=[1])
            try:
                due = self.tend(ports, scene.workspace)
            except Killed:
                scene.clock.forward(2)
                continue
            if due is None:
                return True
            scene.clock.now = max(due, scene.clock.now)
        return False


def _deliver(ports: Ports, scene: Scene) -> None:
    """Slack delivers again what was not acknowledged; it is one invocation all the same."""
    intent = replace(INTENT, workspace=scene.workspace, trigger_id=scene.workspace)
    for _ in range(3):
        with suppress(Killed):
            ports.runs.add(intent, scene.clock())
            return
        scene.clock.forward(1)


@contextmanager
def theatre(play_with: Tend = tend) -> Iterator[Theatre]:
    """A store in memory's own file system, where there is one; the core is the real one."""
    where = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as folder:
        database = Database(f"sqlite:///{folder}/matrix.db")
        try:
            database.migrate()
            yield Theatre(database, Vault(("a-secret-of-the-bench-0123456789",)), play_with)
        finally:
            database.close()


def play_all(some: list[Trouble]) -> Counter[str]:
    """Each trouble alone, and with a kill before and after each write; what became of it all."""
    tally: Counter[str] = Counter()
    numbers = itertools.count()
    with theatre() as stage:
        for trouble in some:
            alone = stage.play(next(numbers), trouble)
            _count(tally, alone, trouble, None)
            for nth, after in itertools.product(range(1, alone.writes + 1), (False, True)):
                kill = Kill(nth, after)
                _count(tally, stage.play(next(numbers), trouble, kill), trouble, kill)
    return tally


def _count(tally: Counter[str], outcome: Outcome, trouble: Trouble, kill: Kill | None) -> None:
    tally["launches"] += 1
    tally["launched"] += outcome.launched > 0
    tally["doubled"] += outcome.launched > 1
    tally["told twice"] += outcome.told > 1
    tally["lost"] += outcome.lost
    if outcome.lost or outcome.launched > 1 or outcome.told > 1:
        tally[f"{outcome} {trouble} {kill}"] += 1
