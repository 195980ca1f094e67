"""One workspace's account as a tick sees it, and how a run comes to its end."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

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
from phantombot.runs.redact import discreet, discreet_links

INTENT_LIVES = timedelta(hours=1)
"""An intent found later than this is told instead of launched: nobody waits for it any more."""
ASKED_LIVES = timedelta(minutes=10)
"""A question about a double that was not answered by then is taken for a no."""
LOST_AFTER = timedelta(hours=24)
"""A run of which Phantombuster has said nothing usable for so long is lost sight of."""


@dataclass(frozen=True)
class AccountSnapshot:
    """One workspace's account as one tick sees it: read at most once, and only where needed."""

    key: ApiKey
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

    @property
    def knows_account(self) -> bool:
        """Whether the account was asked for, and told."""
        return self.read and not isinstance(self._answer, PhantombusterError)

    def heed(self, error: PhantombusterError) -> None:
        """Remember it if Phantombuster asked to be left alone."""
        if isinstance(error, RateLimited):
            self.held.append(error.retry_after)

    def look(self) -> None:
        """Read the account now; what goes wrong with it is raised where it is used."""
        _ = self._answer

    def agent(self, agent_id: str | None) -> Agent | None:
        """The agent's entry in the account; None where it has none, or can't be read.

        Raises:
            RateLimited, KeyRejected: nothing else may be asked either.
        """
        if isinstance(self._answer, RateLimited | KeyRejected):
            raise self._answer
        return None if isinstance(self._answer, PhantombusterError) else self._agents.get(agent_id)

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
    context: Context,
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
        said=discreet(context, run, ending.said),
        line=discreet(context, run, ending.line),
        files=discreet_links(context, run, ending.files),
    )
    ended = run.ended(ending, context.clock())
    run = context.runs.write(run, ended, console=console, known=known)
    context.figures.ended(ending.kind)
    return run


def ended_runs(
    context: Context, glance: AccountSnapshot, agent_id: str
) -> tuple[Container, ...] | None:
    """The agent's ended runs; None where the form does not list them (before March 2015)."""
    try:
        return context.phantombuster.containers(glance.key, agent_id)
    except AgentNotFound:
        return None
