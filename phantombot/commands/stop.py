"""`stop`, and the buttons that confirm it."""

from dataclasses import dataclass

from phantombot.commands.named_agent import NamedAgent, required_agent
from phantombot.commands.permission import Anyone
from phantombot.commands.spec import Action, CommandSpec, Subcommand
from phantombot.context import Context
from phantombot.errors import Error
from phantombot.messages.blocks import Message
from phantombot.messages.commands import Group
from phantombot.messages.pressed import run_over
from phantombot.messages.refusals import unanswered
from phantombot.messages.stops import stop_outcome, stop_question
from phantombot.runs.model import Run, State
from phantombot.runs.stop import instances, stop
from phantombot.runs.stopping import Instances, StopOutcome, StopQuestion
from phantombot.slack.payload import Invocation

_SPEC = CommandSpec(
    "stop",
    "stop <agent>",
    "stops all running instances of an agent, after asking; `cancel` and `kill` do the same",
    "stop 785",
    group=Group.RUN,
    brief="stops all runs of an agent",
    who=Anyone(acts=True),
    others=("abort", "cancel", "kill", "halt", "terminate"),
)


@dataclass(frozen=True)
class Stop(NamedAgent):
    """Stop all instances of an agent."""


def read_stop(text: str) -> Stop:
    """Parse `text`, typed after `stop`.

    Raises:
        UsageError: it names no agent, or more follows.
    """
    named = required_agent(text, _SPEC)
    return Stop(named.agent, named.quoted)


def ask_to_stop(context: Context, invocation: Invocation, asked: Stop) -> Message:
    """Ask whether to stop, and say how many instances that would stop."""
    return stop_question(instances(context, invocation.asker, asked.agent, quoted=asked.quoted))


def stop_agent(context: Context, invocation: Invocation, asked: StopQuestion) -> Message:
    """Stop all instances of the agent and report the outcome; ask again if much has changed."""
    outcome = stop(context, invocation.asker, asked)
    if isinstance(outcome, Instances):
        return stop_question(outcome, again=True)
    if outcome.fate in _ACTED:
        context.wake(invocation.asker.workspace)
    return stop_outcome(outcome)


_ACTED = frozenset(
    {StopOutcome.STOPPED, StopOutcome.STOPPING, StopOutcome.DOUBTFUL, StopOutcome.LATE}
)
"""Outcomes that change the agent's runs."""


def stop_run(context: Context, invocation: Invocation, run: Run) -> Message:
    """Stop the run's agent; an old button must not stop newer runs."""
    if run.agent_id is None or run.state is State.ENDED:
        return run_over(run)
    return stop_agent(context, invocation, StopQuestion(run.agent_id, context.clock()))


def _not_stopped(asked: Stop | Run | StopQuestion, error: Error) -> Message:
    if isinstance(asked, Stop):
        return unanswered("stop", asked.agent, error, "")
    return unanswered("stop", asked.agent_id or "", error)


ASK_TO_STOP = Action(_SPEC.who, ask_to_stop, _not_stopped)
STOP_AGENT = Action(_SPEC.who, stop_agent, _not_stopped)
STOP_THIS_RUN = Action(_SPEC.who, stop_run, _not_stopped)
STOP = Subcommand(_SPEC, read_stop, {Stop: ASK_TO_STOP})
