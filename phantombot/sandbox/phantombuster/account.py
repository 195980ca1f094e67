"""An account: its agents, and the runs of each of them."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from phantombot.sandbox.phantombuster.agents import SandboxAgent
from phantombot.sandbox.phantombuster.forms import Form
from phantombot.sandbox.phantombuster.runs import EndType, LaunchType, Run

_HEEDS_WITHIN = 1.0
"""Seconds until a script that is asked to end has done so."""


@dataclass
class History:
    """The runs of one agent, oldest first: all of them, and those not known to be over."""

    runs: list[Run] = field(default_factory=list)
    open: list[Run] = field(default_factory=list)
    last: Run | None = None
    """The run that ended last, of those known to be over."""

    def settle(self, now: float) -> float:
        """Move runs that are over out of `open`, and return the seconds that they ran."""
        over = [run for run in self.open if run.ended(now)]
        if not over:
            return 0.0
        self.open = [run for run in self.open if not run.ended(now)]
        known = [self.last] if self.last else []
        self.last = max([*known, *over], key=lambda run: (run.ends, run.serial))
        return sum(run.runtime(now) for run in over)

    def rewrite(self, changed: list[Run]) -> None:
        """Replace the open runs with changed copies."""
        by_serial = {run.serial: run for run in changed}
        self.runs = [by_serial.get(run.serial, run) for run in self.runs]
        self.open = changed


@dataclass
class Account:
    """An account: its agents, and all their runs in the order of their launch."""

    agents: dict[str, SandboxAgent]
    form: Form
    speed: float
    epoch: float
    """The Unix time at which the clock read zero."""
    name: str = "ada"
    serials: Iterator[int] = field(default_factory=count)
    """Numbers the launches of all accounts of the server."""
    saved: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    """Default launch options by agent id."""
    expired: bool = False
    """Whether the session cookies of new runs have expired."""
    used_up: bool = False
    """Whether the execution time is used up."""
    _histories: dict[str, History] = field(default_factory=dict)
    _agent_ids: dict[str, str] = field(default_factory=dict)
    """The id of the agent that ran, by container id."""
    _used: float = 0.0

    def runs(self, agent: SandboxAgent) -> Sequence[Run]:
        """Return the agent's runs, oldest first."""
        return self._history(agent).runs

    def all_runs(self) -> list[Run]:
        """Return every run of the account, oldest first."""
        everywhere = (run for history in self._histories.values() for run in history.runs)
        return sorted(everywhere, key=lambda run: run.serial)

    def runs_beside(self, container_id: str) -> Sequence[Run]:
        """Return all runs of the agent that ran in this container, oldest first."""
        history = self._histories.get(self._agent_ids.get(container_id, ""))
        return history.runs if history else ()

    def open_runs(self, agent: SandboxAgent, now: float) -> list[Run]:
        """Return the agent's queued and running runs, oldest first."""
        history = self._history(agent)
        self._used += history.settle(now)
        return history.open

    def last_ended(self, agent: SandboxAgent, now: float) -> Run | None:
        """Return the agent's run that ended last."""
        self.open_runs(agent, now)
        return self._history(agent).last

    def used(self, now: float) -> float:
        """Return the seconds of execution time that all runs have used."""
        agents = self.agents.values()
        running = sum(run.runtime(now) for one in agents for run in self.open_runs(one, now))
        return self._used + running

    def date(self, at: float) -> int:
        """Convert a reading of the clock to a timestamp of this form."""
        seconds = self.epoch + at
        return int(seconds * 1000) if self.form.milliseconds else int(seconds)

    def full(self, agent: SandboxAgent, now: float) -> bool:
        """Return whether another launch would exceed the agent's parallel limit and be refused."""
        taken = len(self.open_runs(agent, now))
        return self.form.refuses_parallel and taken >= agent.max_parallel

    def time_left(self, now: float) -> int:
        """Return the seconds of execution time left."""
        return 0 if self.used_up else max(0, int(14_087 - self.used(now)))

    def launch(
        self,
        agent: SandboxAgent,
        now: float,
        *,
        seconds: float | None = None,
        launch_type: LaunchType = "manual",
        tags: Mapping[str, Any] | None = None,
    ) -> Run:
        """Queue another run now; `seconds` overrides the agent's."""
        agent = self._as_things_are(agent)
        history, taken = self._history(agent), self.open_runs(agent, now)
        serial = next(self.serials)
        asked = agent.seconds if seconds is None else seconds
        run = Run(
            agent=agent,
            serial=serial,
            container_id=(4_718_293_817_263_541 if self.form.string_ids else 76_426) + serial,
            number=(history.runs[-1].number if history.runs else 0) + self._counts(agent),
            queued=now,
            starts=now,
            ends=now,
            seconds=asked / self.speed if agent.runs else 0.0,
            launch_type=launch_type,
            tags=tags,
        )
        placed = self._placed(run, taken)
        self._agent_ids[str(run.container_id)] = agent.id
        history.runs.append(placed)
        history.open.append(placed)
        return placed

    def abort(self, agent: SandboxAgent, now: float) -> None:
        """Kill the agent's running runs.

        "Aborts all running instances" is all that is documented. That queued runs stay queued, and
        move up into the freed places, is inferred.
        """
        self._end(agent, now, "killed")

    def ask_to_end(self, agent: SandboxAgent, now: float) -> None:
        """Ask the scripts of the agent's running runs to end by themselves; a stubborn one doesn't.

        That a script which ends so has exit code 0 is inferred.
        """
        soon = now + _HEEDS_WITHIN / self.speed
        self._history(agent).rewrite(
            [
                replace(run, ends=min(run.ends, soon))
                if run.state(now) == "running" and not run.agent.stubborn
                else run
                for run in self.open_runs(agent, now)
            ]
        )

    def finish(self, agent: SandboxAgent, now: float, end_type: EndType = "finished") -> None:
        """End the agent's running runs now: normally, or as `end_type` says."""
        self._end(agent, now, end_type)

    def save(self, agent: SandboxAgent, given: Mapping[str, str]) -> None:
        """Save the command and the argument of a launch as the agent's defaults."""
        kept = ("argument",) if self.form.saves_by == "saveArgument" else ("command", "argument")
        self.saved[agent.id] = {name: value for name, value in given.items() if name in kept}

    def _as_things_are(self, agent: SandboxAgent) -> SandboxAgent:
        """Return the agent as its next run will behave."""
        if self.used_up:
            return agent.without_time_left()
        return agent.with_expired_cookie() if self.expired and agent.runs else agent

    def _history(self, agent: SandboxAgent) -> History:
        return self._histories.setdefault(agent.id, History())

    def _end(self, agent: SandboxAgent, now: float, end_type: EndType) -> None:
        kept: list[Run] = []
        for run in self.open_runs(agent, now):
            if run.state(now) == "queued":
                kept.append(self._placed(run, kept))
            else:
                seconds = now - run.starts if end_type == "finished" else run.seconds
                kept.append(replace(run, ends=now, seconds=seconds, end_type=end_type))
        self._history(agent).rewrite(kept)

    def _counts(self, agent: SandboxAgent) -> bool:
        """Return whether a launch takes a number: in 2014 only launches that start do."""
        return agent.runs or self.form.has_containers

    def _placed(self, run: Run, open_before: list[Run]) -> Run:
        """Return `run` starting at the first moment that leaves at most `max_parallel` running."""
        agent = run.agent
        if not agent.runs:
            return run
        starts = run.queued + agent.queue_seconds / self.speed
        last = heapq.nlargest(agent.max_parallel, (other.ends for other in open_before))
        if len(last) == agent.max_parallel:
            starts = max(starts, last[-1])
        return replace(run, starts=starts, ends=starts + run.seconds)
