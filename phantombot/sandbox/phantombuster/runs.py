"""The runs of the sandbox's agents: nothing ticks, every state is worked out from the clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from phantombot.sandbox.phantombuster.agents import SandboxAgent

Form = Literal["2014", "later"]
"""The first public form of v1 (October 2014), or the one that followed it."""

State = Literal["queued", "running", "not running"]


@dataclass(frozen=True)
class Ending:
    """How a run ended. `exit_code` is None where no process came to its own end."""

    status: str
    message: str
    exit_code: int | None


@dataclass(frozen=True)
class Run:
    """One launch of an agent. Its times are readings of the account's clock, in seconds.

    `number` is the agent's launch number, `serial` counts over all accounts, `seconds` is
    how long the run takes when nobody kills it.
    """

    agent: SandboxAgent
    serial: int
    container_id: int
    number: int
    queued: float
    starts: float
    ends: float
    seconds: float
    killed: bool = False

    def state(self, now: float) -> State:
        """In the words of `containerStatus`."""
        if now < self.starts:
            return "queued"
        return "running" if now < self.ends else "not running"

    def ended(self, now: float) -> bool:
        """Over, one way or another."""
        return self.state(now) == "not running"

    def runtime(self, now: float) -> float:
        """Seconds spent running so far."""
        return max(0.0, min(now, self.ends) - self.starts)

    def fraction(self, now: float) -> float:
        """How much of the run is done, 0 to 1."""
        return min(1.0, self.runtime(now) / self.seconds) if self.seconds else 1.0

    def label(self, now: float) -> str | None:
        """The progress label, at most 50 characters; None where the script sets none."""
        labels = self.agent.labels
        if not labels:
            return None
        return labels[min(int(self.fraction(now) * len(labels)), len(labels) - 1)][:50]

    @property
    def ending(self) -> Ending:
        """How it ends. The words for a killed run are inferred: documented nowhere."""
        if not self.agent.runs:
            said = self.agent.refusal or "Agent has no associated script"
            return Ending("launch failed", said, None)
        if self.killed:
            return Ending("error", "Agent killed", None)
        if self.agent.exit_code:
            return Ending("error", "Agent finished (error)", self.agent.exit_code)
        return Ending("success", "Agent finished with exit code 0", 0)


def console(run: Run, now: float) -> str:
    """The console so far, each line ended by a newline.

    `* Process killed` is inferred: what the console of an aborted run says is documented nowhere.
    """
    if run.state(now) == "queued" or not run.agent.runs:
        return ""
    return "".join(f"{line}\n" for line in _console_lines(run, now))


def _console_lines(run: Run, now: float) -> Iterator[str]:
    # Phantombuster names containers by twelve hexadecimal digits; the multiplier only spreads them.
    name = f"{run.container_id * 0x9E3779B97F4B % 2**48:012x}"
    yield f"* Container {name} started in directory /home/phantom/agent"
    said = run.agent.console
    yield from said[: int(run.fraction(now) * (len(said) + 1))]
    if run.ended(now):
        yield _last_line(run)


def _last_line(run: Run) -> str:
    if run.killed:
        return "* Process killed"
    how = "with an error" if run.agent.exit_code else "successfully"
    return f"* Process finished {how} (exit code: {run.agent.exit_code})"
