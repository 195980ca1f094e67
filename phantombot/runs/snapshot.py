"""One workspace's account as one pass sees it, and storing the end of a run."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial

from phantombot.context import Context
from phantombot.errors import (
    AgentNotFound,
    AnswerUnreadable,
    KeyRejected,
    PhantombusterError,
    RateLimited,
)
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Account, Agent, Container, Phantombuster
from phantombot.runs.console import Console
from phantombot.runs.ending import Ending
from phantombot.runs.known_rows import KnownRows
from phantombot.runs.model import Run
from phantombot.runs.redact import discreet_ending, secrets_of_run

INTENT_LIVES = timedelta(minutes=5)
"""A request found later than this isn't launched, and its launcher is told.

Nobody waits for it any more, and in a restored backup it may have been launched since.
"""
ASKED_LIVES = timedelta(minutes=10)
"""A question that the launcher hasn't answered after this time counts as a no."""
LOST_AFTER = timedelta(hours=24)
"""A run has an unknown outcome if Phantombuster says nothing usable about it for this long."""


@dataclass(frozen=True)
class AccountSnapshot:
    """One workspace's account as one pass sees it: read at most once, and only if needed.

    If the API lists the running containers, that is enough to follow runs, and is read instead.
    """

    key: ApiKey
    phantombuster: Phantombuster
    _rate_limits: list[float] = field(default_factory=list)
    """Seconds of each Retry-After that Phantombuster sent, in any call."""
    _answers: list[Account | PhantombusterError] = field(default_factory=list)
    _running: list[frozenset[str] | PhantombusterError | None] = field(default_factory=list)

    @property
    def account(self) -> Account:
        """Return the account with all its agents.

        Raises:
            PhantombusterError: the same one each time.
        """
        if isinstance(self._answer, PhantombusterError):
            raise self._answer
        return self._answer

    @property
    def rate_limited_for(self) -> timedelta:
        """Return how long Phantombuster has asked us to wait."""
        return timedelta(seconds=max(self._rate_limits, default=0))

    @property
    def read(self) -> bool:
        """Return whether the account was requested."""
        return bool(self._answers)

    @property
    def knows_account(self) -> bool:
        """Return whether the account was requested, and returned."""
        return self.read and not isinstance(self._answer, PhantombusterError)

    def note(self, error: PhantombusterError) -> None:
        """Note how long Phantombuster asks us to wait, if the error says so."""
        if isinstance(error, RateLimited):
            self._rate_limits.append(error.retry_after)

    def read_now(self, *, agents: bool) -> None:
        """Read what following runs needs, and all `agents` if set.

        An error is raised when the result is used.
        """
        whole = agents or not self.key.can.tells_running
        _ = self._answer if whole else self._told_running

    @property
    def running(self) -> frozenset[str] | None:
        """Return the containers that are running or queued; None if the API doesn't list them.

        Raises:
            RateLimited, KeyRejected: no other call can succeed either.
        """
        told = self._told_running
        if isinstance(told, RateLimited | KeyRejected):
            raise told
        return None if isinstance(told, PhantombusterError) else told

    def agent(self, agent_id: str | None) -> Agent | None:
        """Return the agent's entry in the account; None if there is none, or it wasn't read.

        Raises:
            RateLimited, KeyRejected: no other call can succeed either.
        """
        if self.key.can.tells_running and not self.read:
            return None  # no decision needs it
        if isinstance(self._answer, RateLimited | KeyRejected):
            raise self._answer
        return None if isinstance(self._answer, PhantombusterError) else self._agents.get(agent_id)

    @cached_property
    def _agents(self) -> dict[str | None, Agent]:
        """Return the agents by id: an account can have thousands, and each run looks one up."""
        return {agent.id: agent for agent in reversed(self.account.agents)}

    @property
    def _answer(self) -> Account | PhantombusterError:
        # Before Python 3.12 all workspaces' cached_property share a lock, and this one waits.
        if not self._answers:
            self._answers.append(self._ask())
        return self._answers[0]

    @property
    def _told_running(self) -> frozenset[str] | PhantombusterError | None:
        if not self._running:
            self._running.append(self._ask_running())
        return self._running[0]

    def _ask_running(self) -> frozenset[str] | PhantombusterError | None:
        if not self.key.can.tells_running:
            return None
        if self.read:
            return self._answer.running if isinstance(self._answer, Account) else self._answer
        try:
            return self.phantombuster.running(self.key)
        except PhantombusterError as error:
            self.note(error)
            return error

    def _ask(self) -> Account | PhantombusterError:
        try:
            return self.phantombuster.account(self.key)
        except AgentNotFound:
            # An account is never "not found": something else answers, or the API is down.
            return AnswerUnreadable(status=404)
        except PhantombusterError as error:
            self.note(error)
            return error


def end(
    context: Context,
    run: Run,
    ending: Ending,
    console: Console | None = None,
    known: KnownRows | None = None,
) -> Run:
    """Store the ending of a run, which isn't posted yet, and count it in the metrics.

    `console` is what was read of its console, `known` the digests to keep of its result.
    """
    ending = discreet_ending(ending, partial(secrets_of_run, context, run))
    ended = run.ended(ending, context.clock())
    run = context.runs.write(run, ended, console=console, known=known)
    context.figures.ended(ending.kind)
    return run


def ended_runs(
    context: Context, snapshot: AccountSnapshot, agent_id: str
) -> tuple[Container, ...] | None:
    """Return the agent's ended runs; None if the API doesn't list them (before March 2015)."""
    try:
        return context.phantombuster.containers(snapshot.key, agent_id)
    except AgentNotFound:
        return None
