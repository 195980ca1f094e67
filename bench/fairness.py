"""A quick workspace, alone and beside many whose Phantombuster takes its time for every answer."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Aim, Section, percentile
from bench.stores import postgres_copies
from bench.to_message import arrivals
from bench.world import FIRST_AGENT, World
from phantombot.sandbox.phantombuster import FOREVER

ANSWER_TAKES = 25.0
"""The seconds that the slow accounts take for every answer."""
LAUNCHES, READS = 20, 10
"""The commands of each slow workspace."""
PER_SECOND = 50.0
LAUNCH = "command to launch"
FORM = "command to form"
ENDING = "end to message"
WORST = 2.0
"""How many times as late as alone the quick workspace may be."""
WARMING = 3
PATIENCE = 30.0

Stored = Callable[[], str]


@dataclass
class Quick:
    """The quick workspace, the last of the world, and how late its answers are in seconds."""

    world: World
    late: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    missing: int = 0
    """What did not come in time."""

    @property
    def team(self) -> str:
        """Return its id."""
        return self.world.teams[-1]

    def measure(self, rounds: range, every: float) -> None:
        """Launch an agent, open the form, and end that run, once each round."""
        begun = time.monotonic()
        for number in rounds:
            agent = FIRST_AGENT + number
            self._note(LAUNCH, self._launched(agent))
            self._note(FORM, self._opened())
            self._note(ENDING, self._ended(agent))
            time.sleep(max(0.0, begun + (number - rounds.start + 1) * every - time.monotonic()))

    def _note(self, name: str, late: float | None) -> None:
        if late is None:
            self.missing += 1
        else:
            self.late[name].append(late)

    def _launched(self, agent: int) -> float | None:
        launches = self.world.phantombuster.launches
        known, sent = len(launches), time.monotonic()
        self._command(f'launch {agent} casperjs {{"n": {agent}}}')
        if not _becomes(lambda: self._arrival(known, agent) is not None):
            return None
        return (self._arrival(known, agent) or 0.0) - sent

    def _arrival(self, known: int, agent: int) -> float | None:
        launches = self.world.phantombuster.launches[known:]
        asked = [one for one in launches if one.account == self.team]
        return next((one.at for one in asked if json.loads(one.argument or "")["n"] == agent), None)

    def _opened(self) -> float | None:
        calls = self.world.slack.calls
        known, sent = len(calls), time.time()
        self._command("launch")
        # Slow workspaces open none.
        came = _becomes(lambda: any(call.method == "views.open" for call in calls[known:]))
        opened = [call.at for call in calls[known:] if call.method == "views.open"]
        return opened[0] - sent if came else None

    def _ended(self, agent: int) -> float | None:
        known = len(self.world.slack.calls)
        # It must be running, and its message posted, before it can be seen to end.
        time.sleep(1.0)
        self.world.phantombuster.finish(str(agent), account=self.team)
        ended = time.time()
        place = self.world.channels[self.team], str(agent)
        came = _becomes(lambda: place in arrivals(self.world, known))
        return arrivals(self.world, known)[place] - ended if came else None

    def _command(self, line: str) -> None:
        self.world.slack.command(line, team=self.team, channel=self.world.channels[self.team])


def measure(section: Section) -> None:
    """Fill the section."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        copies = ending.enter_context(postgres_copies())
        stores: dict[str, tuple[Stored, tuple[str, ...]]] = {
            "phantombot, one process, SQLite": (
                lambda: f"sqlite:///{folder}/{time.monotonic_ns()}.db",
                ("",),
            ),
            "phantombot web and worker, PostgreSQL": (copies, ("web", "worker")),
        }
        for whose, (stored, roles) in stores.items():
            for _ in section.rounds(1):
                alone = _round(section, stored(), roles, beside=False)
                beside = _round(section, stored(), roles, beside=True)
            _fill(section, whose, alone, beside)


def _fill(section: Section, whose: str, alone: Quick, beside: Quick) -> None:
    slow = _slow_workspaces(section)
    for name in (LAUNCH, FORM, ENDING):
        medians = [percentile(quick.late[name] or [0.0], 0.5) for quick in (alone, beside)]
        aim = Aim(f"at most {WORST:.0f} times as late as alone", medians[1] <= WORST * medians[0])
        for label, quick, wanted in (("alone", alone, None), (f"beside {slow} slow", beside, aim)):
            late = [seconds * 1000 for seconds in quick.late[name]]
            section.add(f"{name}, {label}", whose, late, unit="ms", ours=True, aim=wanted)
    missing = alone.missing + beside.missing
    if missing:
        section.note(f"{whose}: {missing} answers did not come within {PATIENCE:.0f} s.")


def _slow_workspaces(section: Section) -> int:
    return int(section.pick(50, 10))


def _round(section: Section, url: str, roles: tuple[str, ...], *, beside: bool) -> Quick:
    """Return how late the quick workspace's answers were."""
    with TemporaryDirectory() as folder:
        slow = _slow_workspaces(section)
        with World(url, Path(folder), workspaces=slow + 1, agents=40, seconds=FOREVER) as world:
            for role in roles:
                world.start(role)
            Quick(world).measure(range(WARMING), 0.0)
            quick = Quick(world)
            with _busy(section, world) if beside else _quiet():
                rounds = section.pick(12, 3)
                quick.measure(range(WARMING, WARMING + rounds), section.pick(3.0, 2.0))
            return quick


@contextmanager
def _quiet() -> Iterator[None]:
    yield


@contextmanager
def _busy(section: Section, world: World) -> Iterator[None]:
    """Have the slow workspaces ask for all they ask for, and the last of it while this lasts."""
    slow = world.teams[:-1]
    for team in slow:
        world.phantombuster.fault("slow", times=None, seconds=ANSWER_TAKES, account=team)
    each = section.pick((LAUNCHES, READS), (4, 2))
    lines = [f"launch {FIRST_AGENT + n} casperjs {{}}" for n in range(each[0])]
    # Two launches, then a read, and so on.
    for n in range(each[1]):
        lines.insert(3 * n + 2, "status")
    begun = time.monotonic()

    def send(number: int) -> None:
        time.sleep(max(0.0, begun + number / PER_SECOND - time.monotonic()))
        team = slow[number % len(slow)]
        world.slack.command(lines[number // len(slow)], team=team, channel=world.channels[team])

    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(send, number) for number in range(len(lines) * len(slow))]
        time.sleep(2.0)
        yield
        for one in sent:
            one.cancel()


def _becomes(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
