"""An intent → sent once, refused, or unknown; and finding the run whose answer was lost."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from itertools import takewhile
from typing import Any

from phantombot.console import Console
from phantombot.discretion import discreet
from phantombot.ending import Ending, Kind, launch_failed
from phantombot.errors import (
    AgentNotFound,
    AnswerUnreadable,
    PhantombusterError,
    RateLimited,
    SealBroken,
)
from phantombot.known_rows import KnownRows
from phantombot.naming import nearest
from phantombot.phantombuster.values import Account, Agent, Container, Output
from phantombot.ports import Phantombuster, Ports
from phantombot.run import Before, Run, State, argument_sent

INTENT_LIVES = timedelta(hours=1)
"""An intent found later than this is told instead of launched: nobody waits for it any more."""
ASKED_LIVES = timedelta(minutes=10)
"""A question about a double that was not answered by then is taken for a no."""
LOOKED_FOR = timedelta(seconds=20)
"""How long a run whose answer was lost is looked for."""
LOOKED_FOR_BEHIND_OTHERS = timedelta(hours=1)
"""How long, while others of the agent go on behind which it may be hidden."""
IN_FLIGHT = timedelta(seconds=35)
"""Until then another process may still be waiting for the launch's answer (3 s and 30 s)."""
LOST_AFTER = timedelta(hours=24)
"""A run of which Phantombuster has said nothing usable for so long is lost sight of."""
STARTS_WITHIN = timedelta(seconds=15)
"""How long an accepted launch may take to appear in a form that does not name it."""
FAILS_WITHIN = timedelta(seconds=4)
"""How soon a "launch failed" in the account may be believed to be this launch's."""
_CLOCKS_DIFFER = timedelta(seconds=60)


@dataclass(frozen=True)
class Glance:
    """One workspace's account as one tick sees it: read at most once, and only where needed."""

    key: str
    phantombuster: Phantombuster
    held: list[float] = field(default_factory=list)
    """Seconds for which Phantombuster asked to be left alone, in whatever call."""
    _answers: list[Account | PhantombusterError] = field(default_factory=list)

    @property
    def account(self) -> Account:
        """The account and all its agents.

        Raises:
            PhantombusterError: the same one each time.
        """
        if isinstance(self._answer, PhantombusterError):
            raise self._answer
        return self._answer

    @property
    def patience(self) -> timedelta:
        """How long Phantombuster asked to be left alone."""
        return timedelta(seconds=max(self.held, default=0))

    @property
    def read(self) -> bool:
        """Whether the account was asked for."""
        return bool(self._answers)

    def heed(self, error: PhantombusterError) -> None:
        """Remember it if Phantombuster asked to be left alone."""
        if isinstance(error, RateLimited):
            self.held.append(error.retry_after)

    def look(self) -> None:
        """Read the account now; what goes wrong with it is raised where it is used."""
        _ = self._answer

    def agent(self, agent_id: str | None) -> Agent | None:
        """The agent's entry in the account."""
        return self._agents.get(agent_id)

    @cached_property
    def _agents(self) -> dict[str | None, Agent]:
        """By id: an account may have thousands, and as many runs that are looked up."""
        return {agent.id: agent for agent in reversed(self.account.agents)}

    @property
    def _answer(self) -> Account | PhantombusterError:
        # Before Python 3.12 all workspaces' cached_property share a lock, and this one waits.
        if not self._answers:
            self._answers.append(self._ask())
        return self._answers[0]

    def _ask(self) -> Account | PhantombusterError:
        try:
            return self.phantombuster.account(self.key)
        except AgentNotFound:
            # The account is no agent: what answers is something else, or away for a while.
            return AnswerUnreadable(status=404)
        except PhantombusterError as error:
            self.heed(error)
            return error


def end(
    ports: Ports,
    run: Run,
    ending: Ending,
    console: Console | None = None,
    known: KnownRows | None = None,
) -> Run:
    """The run with its ending on disk, to be told; `console` is what was read of its console.

    `known` is what is kept of its result.
    """
    ending = replace(
        ending,
        said=discreet(ports, run, ending.said),
        line=discreet(ports, run, ending.line),
    )
    run = ports.runs.write(
        run,
        console=console,
        known=known,
        state=State.ENDED,
        ending=ending,
        ended_at=ports.clock(),
        trouble=None,
        trouble_at=None,
    )
    ports.figures.ended(ending.kind)
    return run


def refused(error: Exception, candidates: tuple[tuple[str, str], ...] = ()) -> Ending:
    """The ending of a launch that `error` prevented."""
    said = error.said if isinstance(error, PhantombusterError) else ""
    return Ending(Kind.REFUSED, cause=type(error).__name__, said=said, candidates=candidates)


def send(ports: Ports, run: Run, glance: Glance) -> Run:
    """Send the launch, once and never again.

    The state SENDING is on disk before the request leaves: whatever is found in that state later
    may have been launched, and is looked for instead of sent.
    """
    agent_id = run.agent_id or ""
    try:
        argument = ports.runs.argument(run)
        output = ports.phantombuster.output(glance.key, agent_id)
    except AgentNotFound as error:
        return end(ports, run, refused(error, _nearest(run, glance)))
    except (PhantombusterError, SealBroken) as error:
        return end(ports, run, refused(error))
    before = Before(output.container_id, output.launch_number, _busy(output), last_end(glance, run))
    run = ports.runs.write(run, state=State.SENDING, before=before, sent_at=ports.clock())
    return _launch(ports, run, glance, argument)


def _launch(ports: Ports, run: Run, glance: Glance, argument: str | None) -> Run:
    try:
        container_id = ports.phantombuster.launch(
            glance.key,
            run.agent_id or "",
            command=run.command,
            argument=argument_sent(run.command, argument),
            save=run.save,
        )
    except PhantombusterError as error:
        ports.figures.launched("nothing" if error.maybe_acted else "refused")
        if error.maybe_acted:
            return ports.runs.write(run, lost_at=ports.clock())
        candidates = _nearest(run, glance) if isinstance(error, AgentNotFound) else ()
        return end(ports, run, refused(error, candidates))
    ports.figures.launched("accepted")
    return ports.runs.write(run, state=State.LAUNCHED, container_id=container_id)


def search(ports: Ports, run: Run, glance: Glance, ours: int) -> Run:
    """Look for a run that Phantombuster has not named: adopt it, or say that there is none.

    `ours` is how many other runs of ours are known to go on with the agent.

    Raises:
        PhantombusterError: it could not be looked for now.
    """
    if run.state is State.SENDING and run.lost_at is None:
        if run.age(ports.clock()) < IN_FLIGHT:
            return run
        # Whoever sent it is gone: the clock of the search starts now.
        run = ports.runs.write(run, lost_at=ports.clock())
    output = ports.phantombuster.output(glance.key, run.agent_id or "")
    containers = None if output.form == "2014" else ended_runs(ports, glance, run.agent_id or "")
    found = identify(run, output, containers or (), ports.runs.taken(run))
    if found:
        return _adopted(ports, run, found)
    return _give_up(ports, run, glance, busy=_busy(output) > ours and _may_hide(output, run))


def _adopted(ports: Ports, run: Run, found: dict[str, Any]) -> Run:
    """The run under its name, unless another workspace of the account took that at this moment.

    Then whoever sees it lets go and looks again, so that no launch passes for another's.
    """
    adopted = run.adopted or run.state is State.SENDING
    named = ports.runs.write(run, state=State.LAUNCHED, adopted=adopted, **found)
    containers, numbers = ports.runs.taken(named)
    if named.container_id not in containers and named.launch_number not in numbers:
        return named
    before = {name: getattr(run, name) for name in ("state", "adopted", *found)}
    return ports.runs.write(named, **before)


def ended_runs(ports: Ports, glance: Glance, agent_id: str) -> tuple[Container, ...] | None:
    """The agent's ended runs; None where the form does not list them (before March 2015)."""
    try:
        return ports.phantombuster.containers(glance.key, agent_id)
    except AgentNotFound:
        return None


def identify(
    run: Run,
    output: Output,
    containers: tuple[Container, ...],
    taken: tuple[set[str], set[int]],
) -> dict[str, Any]:
    """By which name Phantombuster knows the run: what is newer than before and nobody else's."""
    taken_containers, taken_numbers = taken
    if output.form == "2014":
        last = output.launch_number or 0
        first = last if run.before.launch_number is None else run.before.launch_number + 1
        new = (n for n in range(max(first, 1), last + 1) if n not in taken_numbers)
        number = next(new, None)
        return {} if number is None else {"launch_number": number}
    since = (run.sent_at or run.created_at) - _CLOCKS_DIFFER
    newest_first = takewhile(lambda c: c.id != run.before.container_id, containers)
    ended = [c.id for c in newest_first if c.queued_at is not None and c.queued_at >= since]
    candidates = [*reversed(ended), *filter(None, [output.container_id])]
    new_ids = (i for i in candidates if i not in taken_containers and _is_newer(i, run.before))
    container_id = next(new_ids, None)
    return {} if container_id is None else {"container_id": container_id}


def _is_newer(container_id: str, before: Before) -> bool:
    """Ids count up; where they are no numbers, another id than before has to do."""
    if before.container_id is None:
        return True
    if container_id.isdecimal() and before.container_id.isdecimal():
        return int(container_id) > int(before.container_id)
    return container_id != before.container_id


def last_end(glance: Glance, run: Run) -> str | None:
    """How the agent ended last, as the account has it; to be compared."""
    agent = glance.agent(run.agent_id)
    return f"{agent.last_end_status}: {agent.last_end_message}" if agent else None


def _nearest(run: Run, glance: Glance) -> tuple[tuple[str, str], ...]:
    try:
        return nearest(run.agent, glance.account.agents)
    except PhantombusterError:
        return ()


def _busy(output: Output) -> int:
    if output.running is None and output.queued is None:
        return 0 if output.status == "not running" else 1
    return (output.running or 0) + (output.queued or 0)


def _may_hide(output: Output, run: Run) -> bool:
    """Whether what the agent is busy with may be the run, or something in front of it."""
    if output.form == "2014" or output.queued is None:
        return True
    return output.queued > 0 or output.container_id != run.before.container_id


def _give_up(ports: Ports, run: Run, glance: Glance, *, busy: bool) -> Run:
    """`busy`: something goes on with the agent that may yet turn out to be this run."""
    now = ports.clock()
    if run.state is State.SENDING:
        patience = LOOKED_FOR_BEHIND_OTHERS if busy else LOOKED_FOR
        late = run.lost_at is not None and now - run.lost_at > patience
        return end(ports, run, Ending(Kind.NOT_FOUND)) if late else run
    agent = glance.agent(run.agent_id)
    says_failed = agent is not None and agent.last_end_status == Kind.LAUNCH_FAILED
    newly = says_failed and last_end(glance, run) != run.before.last_end
    if (newly and run.age(now) > FAILS_WITHIN) or (not busy and run.age(now) > STARTS_WITHIN):
        return end(ports, run, launch_failed(agent))
    return end(ports, run, Ending(Kind.LOST)) if run.age(now) > LOST_AFTER else run
