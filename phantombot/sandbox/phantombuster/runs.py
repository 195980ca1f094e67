"""The runs of the sandbox's agents; their state is computed from the clock, nothing ticks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from phantombot.sandbox.phantombuster.agents import SandboxAgent

State = Literal["queued", "running", "not running"]
EndType = Literal[
    "finished", "killed", "global timeout", "org timeout", "agent timeout", "no log timeout"
]
LaunchType = Literal["manual", "user api call"]


@dataclass(frozen=True)
class Ending:
    """How a run ended. `exit_code` is None if no process ended by itself."""

    status: str
    message: str
    exit_code: int | None


@dataclass(frozen=True)
class Run:
    """One launch of an agent. Its times are readings of the account's clock, in
    seconds.

    `number` is the agent's launch number, `serial` counts over all accounts, `seconds` is how long
    the run takes if nobody kills it.
    """

    agent: SandboxAgent
    serial: int
    container_id: int
    number: int
    queued: float
    starts: float
    ends: float
    seconds: float
    end_type: EndType = "finished"
    """Who ended it: the script itself, somebody, or a limit that it exceeded."""
    launch_type: LaunchType = "manual"
    tags: Mapping[str, Any] | None = None
    """The `userCustomMetadata` of a launch by v2."""

    @property
    def killed(self) -> bool:
        """Return whether the run is ended before its script ends by itself."""
        return self.end_type != "finished"

    def state(self, now: float) -> State:
        """Return the state, in the words of `containerStatus`."""
        if now < self.starts:
            return "queued"
        return "running" if now < self.ends else "not running"

    def ended(self, now: float) -> bool:
        """Return whether the run is over, however it ended."""
        return self.state(now) == "not running"

    def runtime(self, now: float) -> float:
        """Return the seconds spent running so far."""
        return max(0.0, min(now, self.ends) - self.starts)

    def fraction(self, now: float) -> float:
        """Return how much of the run is done, from 0 to 1."""
        return min(1.0, self.runtime(now) / self.seconds) if self.seconds else 1.0

    def label(self, now: float) -> str | None:
        """Return the progress label, at most 50 characters; None if the script sets none."""
        labels = self.agent.labels
        if not labels:
            return None
        return labels[min(int(self.fraction(now) * len(labels)), len(labels) - 1)][:50]

    @property
    def ending(self) -> Ending:
        """Return how the run ends. The words for a killed run are inferred."""
        if not self.agent.runs:
            said = self.agent.refusal or "Agent has no associated script"
            return Ending("launch failed", said, None)
        if self.killed:
            why = "killed" if self.end_type == "killed" else f"killed ({self.end_type})"
            return Ending("error", f"Agent {why}", None)
        if self.agent.exit_code:
            return Ending("error", "Agent finished (error)", self.agent.exit_code)
        return Ending("success", "Agent finished with exit code 0", 0)
