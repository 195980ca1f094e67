"""Questions about the account, and stops: what is said to the one who asked, and to nobody else.

All of it waits for Slack or Phantombuster, and so comes after the acknowledgement.
"""

from collections.abc import Callable

from phantombot.access.permissions import denied_reading
from phantombot.access.rules import Asker
from phantombot.commands.parse import Output, Status, Stop
from phantombot.context import Context
from phantombot.errors import StoreUnavailable
from phantombot.listeners.admins import note_refused
from phantombot.messages.access import not_allowed
from phantombot.messages.blocks import Message, plain
from phantombot.messages.output import output_message
from phantombot.messages.pressed import forgotten
from phantombot.messages.recent import SHOWN, recent_runs
from phantombot.messages.status import agent_status, status_message
from phantombot.messages.stops import stop_outcome, stop_question
from phantombot.messages.unanswered import DATABASE_SILENT, unanswered
from phantombot.runs.ending import Ending
from phantombot.runs.model import Run
from phantombot.runs.output import RunExpired, last_output, output_of, standing, standing_of
from phantombot.runs.stop import StopOutcome, instances, stop


def list_runs(context: Context, asker: Asker) -> Message:
    """The last runs launched from the workspace."""

    def answer() -> Message:
        return recent_runs(context.runs.recent(asker.workspace, SHOWN), context.clock())

    return answered_to_members(context, asker, "runs", answer)


def tell_status(context: Context, asker: Asker, status: Status) -> Message:
    """What is running and queued now, or what one agent does."""
    return answered_to_members(context, asker, "status", lambda: _status(context, asker, status))


def tell_output(context: Context, asker: Asker, output: Output) -> Message:
    """Console and result of the agent's most recent run."""

    def answer() -> Message:
        found = last_output(context, asker, output.agent, quoted=output.quoted)
        if isinstance(found, Ending):
            return unanswered("output", output.agent, found)
        return output_message(found)

    return answered_to_members(context, asker, "output", answer)


def tell_output_of(context: Context, asker: Asker, run: Run) -> Message:
    """Console and result of that very run."""

    def answer() -> Message:
        found = output_of(context, run)
        if isinstance(found, RunExpired):
            return forgotten(run)
        if isinstance(found, Ending):
            return unanswered("output", run.agent, found)
        return output_message(found)

    return answered_to_members(context, asker, "output", answer)


def ask_to_stop(context: Context, asker: Asker, typed: Stop) -> Message:
    """How many instances would be stopped, with the buttons to say so."""

    def answer() -> Message:
        found = instances(context, asker, typed.agent, quoted=typed.quoted)
        if isinstance(found, Ending):
            return unanswered("stop", typed.agent, found)
        return stop_question(found)

    return answered(answer)


def stop_agent(context: Context, asker: Asker, agent_id: str) -> Message:
    """Stop all instances of the agent; what became of it."""

    def answer() -> Message:
        outcome = stop(context, asker, agent_id)
        if isinstance(outcome, Ending):
            return unanswered("stop", agent_id, outcome)
        if outcome.fate in (StopOutcome.STOPPED, StopOutcome.DOUBTFUL):
            context.wake(asker.workspace)
        return stop_outcome(outcome)

    return answered(answer)


def _status(context: Context, asker: Asker, status: Status) -> Message:
    if status.agent is None:
        account = standing(context, asker.workspace)
        if isinstance(account, Ending):
            return unanswered("status", "", account)
        return status_message(account)
    agent = standing_of(context, asker, status.agent, quoted=status.quoted)
    if isinstance(agent, Ending):
        return unanswered("status", status.agent, agent)
    return agent_status(agent)


def answered_to_members(
    context: Context, asker: Asker, wanted: str, answer: Callable[[], Message]
) -> Message:
    """The answer, for members: an output may hold what no guest or stranger is to see."""

    def answer_members() -> Message:
        denial = denied_reading(context, asker)
        if denial is None:
            return answer()
        note_refused(context, asker.workspace, asker.user, wanted, asker.channel)
        return not_allowed(denial)

    return answered(answer_members)


def answered(answer: Callable[[], Message]) -> Message:
    """The answer, or that the database gives none."""
    try:
        return answer()
    except StoreUnavailable:
        return plain(DATABASE_SILENT)
