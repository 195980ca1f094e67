"""The core on a stage: real runs in a real store, everything around them played by fakes."""

from dataclasses import dataclass, replace
from datetime import datetime

from fakes import KEY, Clock, FakePhantombuster, FakeSlack

from phantombot.following import tend
from phantombot.ports import Ports
from phantombot.run import Intent, Run
from phantombot.store.runs import Runs
from phantombot.store.workspaces import Workspaces

INTENT = Intent(
    workspace="T1",
    trigger_id="0",
    channel="C1",
    user="U1",
    response_url="https://hooks.test/1",
    agent="785",
    command="casperjs",
    argument='{"a": 1}',
)


@dataclass
class Stage:
    """One workspace, T1, with its key stored, and channel C1."""

    runs: Runs
    keys: Workspaces
    clock: Clock
    phantombuster: FakePhantombuster
    slack: FakeSlack
    typed: int = 0

    @property
    def ports(self) -> Ports:
        return Ports(self.runs, self.keys, self.phantombuster, self.slack, self.clock)

    def type(self, **changes: object) -> int:
        """A launch is typed, and its intent is on disk; the run's number."""
        self.typed += 1
        intent = replace(INTENT, **{"trigger_id": str(self.typed), **changes})
        self.runs.add(intent, self.clock())
        return self.runs.open("T1")[-1].id

    def tend(self, seconds_later: float = 0) -> datetime | None:
        self.clock.forward(seconds_later)
        return tend(self.ports, "T1")

    def tend_until_told(self, step: float = 2, ticks: int = 60) -> None:
        for _ in range(ticks):
            if self.tend(step) is None:
                return
        raise AssertionError("still something to do")

    def run(self, number: int) -> Run:
        found = self.runs.get("T1", number)
        assert found is not None
        return found

    @property
    def last(self) -> str:
        """What the channel's last message says now."""
        return self.slack.texts()[-1]


def set_stage(runs: Runs, keys: Workspaces, form: str = "later") -> Stage:
    clock = Clock()
    keys.store_key("T1", KEY, by="U0ADA", at=clock())
    return Stage(runs, keys, clock, FakePhantombuster(clock, form), FakeSlack())
