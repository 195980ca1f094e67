"""An intent → sent once, refused, or unknown; and finding the run whose answer was lost."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from itertools import takewhile

from phantombot.discretion import discreet
from phantombot.ending import NOTHING_LAUNCHED, Ending, Kind, launch_failed
from phantombot.errors import AgentNotFound, PhantombusterError, SealBroken
from phantombot.naming import find_agent, nearest
from phantombot.phantombuster.values import Account, Agent, Container, Output
from phantombot.ports import Phantombuster, Ports
from phantombot.run import Before, Run, State

DOUBLE = timedelta(seconds=10)
"""The same launch by the same user within this time is asked about first."""
INTENT_LIVES = timedelta(hours=1)
"""An intent found later than this is told instead of launched: nobody waits for it any more."""
ASKED_LIVES = timedelta(minutes=10)
"""A question about a double that was not answered by then is taken for a no."""
LOOKED_FOR = timedelta(seconds=20)
"""How long a run whose answer was lost is looked for."""
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

    @property
    def account(self) -> Account:
        """The account and all its agents.

        Raises:
            PhantombusterError: the same one each time.
        """
        if isinstance(self._answer, PhantombusterError):
            raise self._answer
        return self._answer

    def agent(self, agent_id: str | None) -> Agent | None:
        """The agent's entry in the account."""
        return next((agent for agent in self.account.agents if agent.id == agent_id), None)

    @cached_property
    def _answer(self) -> Account | PhantombusterError:
        try:
            return self.phantombuster.account(self.key)
        except PhantombusterError as error:
            return error


def end(ports: Ports, run: Run, ending: Ending) -> Run:
    """The run with its ending on disk, to be told."""
    ending = replace(
        ending,
        said=discreet(ports, run, ending.said),
        line=discreet(ports, run, ending.line),
    )
    return ports.runs.write(run, state=State.ENDED, ending=ending, ended_at=ports.clock())


def refused(error: Exception, candidates: tuple[tuple[str, str], ...] = ()) -> Ending:
    """The ending of a launch that `error` prevented."""
    said = error.said if isinstance(error, PhantombusterError) else ""
    return Ending(Kind.REFUSED, cause=type(error).__name__, said=said, candidates=candidates)


def prepare(ports: Ports, run: Run, glance: Glance | None) -> Run:
    """Ask first, refuse, or settle which agent is meant. Nothing is sent."""
    if not run.confirmed and _is_double(ports, run):
        return ports.runs.write(run, state=State.ASKED)
    if glance is None:
        return end(ports, run, Ending(Kind.NO_KEY))
    try:
        agents = glance.account.agents
    except PhantombusterError as error:
        return end(ports, run, refused(error))
    found = find_agent(run.agent, agents, quoted=run.quoted)
    if isinstance(found, Agent):
        return ports.runs.write(run, agent_id=found.id, agent_name=found.name)
    if found.kind is Kind.NO_AGENT and _is_id(run):
        # The account's list may lag behind; Phantombuster itself has the last word on an id.
        return ports.runs.write(run, agent_id=run.agent)
    return end(ports, run, found)


def send(ports: Ports, run: Run, glance: Glance) -> Run:
    """Send the launch, once and never again.

    The state SENDING is on disk before the request leaves: whatever is found in that state later
    may have been launched, and is looked for instead of sent.
    """
    agent_id = run.agent_id or ""
    try:
        argument = ports.runs.argument(run)
        before = _before(ports.phantombuster.output(glance.key, agent_id))
    except AgentNotFound as error:
        return end(ports, run, refused(error, _nearest(run, glance)))
    except (PhantombusterError, SealBroken) as error:
        return end(ports, run, refused(error))
    run = ports.runs.write(run, state=State.SENDING, before=before, sent_at=ports.clock())
    try:
        container_id = ports.phantombuster.launch(
            glance.key, agent_id, command=run.command, argument=argument, save=run.save
        )
    except AgentNotFound as error:
        return end(ports, run, refused(error, _nearest(run, glance)))
    except PhantombusterError as error:
        if error.maybe_acted:
            return ports.runs.write(run, lost_at=ports.clock())
        return end(ports, run, refused(error))
    return ports.runs.write(run, state=State.LAUNCHED, container_id=container_id)


def search(ports: Ports, run: Run, glance: Glance) -> Run:
    """Look for a run that Phantombuster has not named: adopt it, or say that there is none.

    Raises:
        PhantombusterError: it could not be looked for now.
    """
    if run.state is State.SENDING and run.lost_at is None:
        # Found after a crash: the clock of the search starts now.
        run = ports.runs.write(run, lost_at=ports.clock())
    output = ports.phantombuster.output(glance.key, run.agent_id or "")
    containers = _containers(ports.phantombuster, glance.key, run, output)
    found = identify(run, output, containers, ports.runs.taken(run))
    if found:
        adopted = run.adopted or run.state is State.SENDING
        return ports.runs.write(run, state=State.LAUNCHED, adopted=adopted, **found)
    if _busier(run, output):
        return run
    return _give_up(ports, run, glance)


def identify(
    run: Run,
    output: Output,
    containers: tuple[Container, ...],
    taken: tuple[set[str], set[int]],
) -> dict[str, str | int]:
    """By which name Phantombuster knows the run: what is newer than before and nobody else's."""
    taken_containers, taken_numbers = taken
    if output.form == "2014":
        first, last = (run.before.launch_number or 0) + 1, output.launch_number or 0
        if run.before.launch_number is None:
            first = last
        new = [n for n in range(max(first, 1), last + 1) if n not in taken_numbers]
        return {"launch_number": new[0]} if new else {}
    newer = takewhile(lambda container: container.id != run.before.container_id, containers)
    since = (run.sent_at or run.created_at) - _CLOCKS_DIFFER
    ended = [c.id for c in newer if c.queued_at is not None and c.queued_at >= since]
    known = {*taken_containers, run.before.container_id, None}
    ids = [i for i in (*reversed(ended), output.container_id) if i not in known]
    return {"container_id": ids[0]} if ids and ids[0] else {}


def _nearest(run: Run, glance: Glance) -> tuple[tuple[str, str], ...]:
    try:
        return nearest(run.agent, glance.account.agents)
    except PhantombusterError:
        return ()


def _is_double(ports: Ports, run: Run) -> bool:
    twins = ports.runs.twins(run, DOUBLE)
    return any(twin.ending is None or twin.ending.kind not in NOTHING_LAUNCHED for twin in twins)


def _is_id(run: Run) -> bool:
    return run.agent.isascii() and run.agent.isdigit() and not run.quoted


def _before(output: Output) -> Before:
    return Before(output.container_id, output.launch_number, _busy(output))


def _busy(output: Output) -> int:
    if output.running is None and output.queued is None:
        return 0 if output.status == "not running" else 1
    return (output.running or 0) + (output.queued or 0)


def _busier(run: Run, output: Output) -> bool:
    """Something of the agent's is going on that may yet turn out to be ours."""
    if output.form == "2014":
        return output.status != "not running"
    return (output.queued or 0) > 0 and _busy(output) > run.before.busy


def _containers(
    phantombuster: Phantombuster, key: str, run: Run, output: Output
) -> tuple[Container, ...]:
    if output.form == "2014":
        return ()
    return phantombuster.containers(key, run.agent_id or "")


def _give_up(ports: Ports, run: Run, glance: Glance) -> Run:
    now = ports.clock()
    if run.state is State.SENDING:
        late = run.lost_at is not None and now - run.lost_at > LOOKED_FOR
        return end(ports, run, Ending(Kind.NOT_FOUND)) if late else run
    agent = glance.agent(run.agent_id)
    says_failed = agent is not None and agent.last_end_status == "launch failed"
    patience = FAILS_WITHIN if says_failed else STARTS_WITHIN
    if run.age(now) > patience:
        return end(ports, run, launch_failed(agent))
    return run
