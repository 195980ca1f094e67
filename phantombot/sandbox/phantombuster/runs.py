"""The runs of the sandbox's agents: nothing ticks, every state is worked out from the clock."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

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

    `number` is the agent's launch number, `serial` counts over the whole account, `seconds` is
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
        if not self.agent.has_script:
            return Ending("launch failed", "Agent has no associated script", None)
        if self.killed:
            return Ending("error", "Agent killed", None)
        if self.agent.exit_code:
            return Ending("error", "Agent finished (error)", self.agent.exit_code)
        return Ending("success", "Agent finished with exit code 0", 0)


def console(run: Run, now: float) -> str:
    """The console so far, each line ended by a newline.

    `* Process killed` is inferred: what the console of an aborted run says is documented nowhere.
    """
    if run.state(now) == "queued" or not run.agent.has_script:
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


@dataclass
class Account:
    """All agents, and all their runs in the order of their launch."""

    agents: dict[str, SandboxAgent]
    form: Form
    speed: float
    epoch: float
    """Unix seconds at which the clock read zero."""
    string_ids: bool = False
    saved: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    """Default launch options by agent id."""
    _runs: dict[str, list[Run]] = field(default_factory=dict)
    _launched: int = 0

    def runs(self, agent: SandboxAgent) -> Sequence[Run]:
        """The agent's runs, oldest first."""
        return self._runs.get(agent.id, [])

    def all_runs(self) -> list[Run]:
        """Every run of the account, oldest first."""
        everywhere = (run for runs in self._runs.values() for run in runs)
        return sorted(everywhere, key=lambda run: run.serial)

    def launch(self, agent: SandboxAgent, now: float) -> Run:
        """One more run, queued now."""
        runs = self._runs.setdefault(agent.id, [])
        number = (runs[-1].number if runs else 0) + self._counts(agent)
        first = 4_718_293_817_263_541 if self.string_ids else 76_426
        run = Run(
            agent=agent,
            serial=self._launched,
            container_id=first + self._launched,
            number=number,
            queued=now,
            starts=now,
            ends=now,
            seconds=agent.seconds / self.speed if agent.has_script else 0.0,
        )
        self._launched += 1
        runs.append(self._placed(run, runs))
        return runs[-1]

    def abort(self, agent: SandboxAgent, now: float) -> None:
        """Kill what runs now.

        "Aborts all running instances" is all that is documented: what is queued stays queued
        (inferred), and moves up into the places that became free.
        """
        kept: list[Run] = []
        for run in self.runs(agent):
            state = run.state(now)
            if state == "running":
                kept.append(replace(run, ends=now, killed=True))
            else:
                kept.append(self._placed(run, kept) if state == "queued" else run)
        self._runs[agent.id] = kept

    def save(self, agent: SandboxAgent, given: Mapping[str, str]) -> None:
        """Make the command and the argument of a launch the agent's defaults."""
        self.saved[agent.id] = {
            name: value for name, value in given.items() if name in ("command", "argument")
        }

    def _counts(self, agent: SandboxAgent) -> bool:
        """Whether a launch takes a number: in the 2014 form nothing starts without a script."""
        return agent.has_script or self.form == "later"

    def _placed(self, run: Run, earlier: list[Run]) -> Run:
        """`run` at the first moment that leaves at most `max_parallel` running."""
        agent = run.agent
        if not agent.has_script:
            return run
        starts = run.queued + agent.queue_seconds / self.speed
        last = heapq.nlargest(agent.max_parallel, (other.ends for other in earlier))
        if len(last) == agent.max_parallel:
            starts = max(starts, last[-1])
        return replace(run, starts=starts, ends=starts + run.seconds)


def messages(account: Account, agent: SandboxAgent, now: float) -> list[dict[str, Any]]:
    """What the agent's runs have reported so far, in the form of the account."""
    return [message for run in account.runs(agent) for message in _told(account, run, now)]


def _told(account: Account, run: Run, now: float) -> list[dict[str, Any]]:
    told = []
    if run.agent.has_script and now >= run.starts:
        told.append(_message(account, 2 * run.serial, run.starts, "Agent started", "normal"))
    if run.ended(now):
        ending = run.ending
        kind = "normal" if ending.status == "success" else "error"
        told.append(_message(account, 2 * run.serial + 1, run.ends, ending.message, kind))
    return told


def _message(account: Account, serial: int, at: float, text: str, kind: str) -> dict[str, Any]:
    date = int(account.epoch + at)
    message = {"id": 65_444 + serial, "date": date, "text": text, "type": kind}
    if account.form == "2014":
        return message | {"dateUtc": date}
    return message | {"context": ["Launch type: manual"]}
