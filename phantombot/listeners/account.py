"""Questions about the account, and stops: what is said to the one who asked, and to nobody else.

All of it waits for Slack or Phantombuster, and so comes after the acknowledgement.
"""

from collections.abc import Callable

from phantombot.access.permissions import denied_reading
from phantombot.access.rules import Asker
from phantombot.commands.parse import Output, Status, Stop
from phantombot.context import Context
from phantombot.errors import (
    DecryptionError,
    PhantombusterError,
    Refused,
    RunExpired,
    StoreUnavailable,
)
from phantombot.listeners.admins import note_refused
from phantombot.messages.access import not_allowed
from phantombot.messages.blocks import Message, plain
from phantombot.messages.output import output_message
from phantombot.messages.pressed import forgotten
from phantombot.messages.recent import SHOWN, recent_runs
from phantombot.messages.status import agent_status as agent_status_message
from phantombot.messages.status import status_message
from phantombot.messages.stops import stop_outcome, stop_question
from phantombot.messages.unanswered import DATABASE_SILENT, unanswered
from phantombot.runs.model import Run
from phantombot.runs.output import account_status, agent_status, last_output, output_of
from phantombot.runs.stop import StopOutcome, instances, stop


def list_runs(context: Context, asker: Asker) -> Message:
    """List the last runs launched from the workspace."""

    def answer() -> Message:
        return recent_runs(context.runs.recent(asker.workspace, SHOWN), context.clock())

    return answered_to_members(context, asker, "runs", "", answer)


def tell_status(context: Context, asker: Asker, status: Status) -> Message:
    """Tell what is running and queued now, or what one agent does."""

    def answer() -> Message:
        if status.agent is None:
            return status_message(account_status(context, asker.workspace))
        found = agent_status(context, asker, status.agent, quoted=status.quoted)
        return agent_status_message(found)

    return answered_to_members(context, asker, "status", status.agent or "", answer)


def tell_output(context: Context, asker: Asker, output: Output) -> Message:
    """Show console and result of the agent's most recent run."""

    def answer() -> Message:
        return output_message(last_output(context, asker, output.agent, quoted=output.quoted))

    return answered_to_members(context, asker, "output", output.agent, answer)


def tell_output_of(context: Context, asker: Asker, run: Run) -> Message:
    """Show console and result of that very run."""

    def answer() -> Message:
        try:
            return output_message(output_of(context, run))
        except RunExpired:
            return forgotten(run)

    return answered_to_members(context, asker, "output", run.agent, answer)


def ask_to_stop(context: Context, asker: Asker, typed: Stop) -> Message:
    """Ask whether to stop, with how many instances that would stop."""

    def answer() -> Message:
        return stop_question(instances(context, asker, typed.agent, quoted=typed.quoted))

    return answered("stop", typed.agent, answer)


def stop_agent(context: Context, asker: Asker, agent_id: str) -> Message:
    """Stop all instances of the agent, and tell the outcome."""

    def answer() -> Message:
        outcome = stop(context, asker, agent_id)
        if outcome.fate in (StopOutcome.STOPPED, StopOutcome.DOUBTFUL):
            context.wake(asker.workspace)
        return stop_outcome(outcome)

    return answered("stop", agent_id, answer)


def answered_to_members(
    context: Context, asker: Asker, command: str, typed: str, answer: Callable[[], Message]
) -> Message:
    """Answer members alone: an output may hold what no guest or stranger is to see."""

    def answer_members() -> Message:
        denial = denied_reading(context, asker)
        if denial is None:
            return answer()
        note_refused(context, asker.workspace, asker.user, command, asker.channel)
        return not_allowed(denial)

    return answered(command, typed, answer_members)


def answered(command: str, typed: str, answer: Callable[[], Message]) -> Message:
    """Return the answer to a command about the agent `typed`, or why there is none."""
    try:
        return answer()
    except StoreUnavailable:
        return plain(DATABASE_SILENT)
    except (Refused, PhantombusterError, DecryptionError) as error:
        return unanswered(command, typed, error)
