"""Questions about the account, and stops: what is said to the one who asked, and to nobody else.

All of it waits for Phantombuster, and so comes after the acknowledgement; but `list_runs`.
"""

from collections.abc import Callable

from phantombot.asking import Forgotten, last_output, output_of, standing, standing_of
from phantombot.command import Output, Status, Stop
from phantombot.ending import Ending
from phantombot.errors import StoreUnavailable
from phantombot.messages.message import Message, plain
from phantombot.messages.output import output_message
from phantombot.messages.pressed import forgotten
from phantombot.messages.recent import SHOWN, recent_runs
from phantombot.messages.status import agent_status, status_message
from phantombot.messages.stops import stop_outcome, stop_question
from phantombot.messages.unanswered import DATABASE_SILENT, unanswered
from phantombot.run import Run
from phantombot.slack.services import Services
from phantombot.stopping import Fate, instances, stop


def list_runs(services: Services, workspace: str) -> Message:
    """The last runs launched from the workspace."""
    return _answered(lambda: recent_runs(services.runs.recent(workspace, SHOWN), services.clock()))


def tell_status(services: Services, workspace: str, status: Status) -> Message:
    """What is running and queued now, or what one agent does."""
    return _answered(lambda: _status(services, workspace, status))


def tell_output(services: Services, workspace: str, output: Output) -> Message:
    """Console and result of the agent's most recent run."""

    def answer() -> Message:
        found = last_output(services.ports, workspace, output.agent, quoted=output.quoted)
        if isinstance(found, Ending):
            return unanswered("output", output.agent, found)
        return output_message(found)

    return _answered(answer)


def tell_output_of(services: Services, run: Run) -> Message:
    """Console and result of that very run."""

    def answer() -> Message:
        found = output_of(services.ports, run)
        if isinstance(found, Forgotten):
            return forgotten(run)
        if isinstance(found, Ending):
            return unanswered("output", run.agent, found)
        return output_message(found)

    return _answered(answer)


def ask_to_stop(services: Services, workspace: str, typed: Stop) -> Message:
    """How many instances would be stopped, with the buttons to say so."""

    def answer() -> Message:
        found = instances(services.ports, workspace, typed.agent, quoted=typed.quoted)
        if isinstance(found, Ending):
            return unanswered("stop", typed.agent, found)
        return stop_question(found)

    return _answered(answer)


def stop_agent(services: Services, workspace: str, user: str, agent_id: str) -> Message:
    """Stop all instances of the agent; what became of it."""

    def answer() -> Message:
        outcome = stop(services.ports, workspace, user, agent_id)
        if isinstance(outcome, Ending):
            return unanswered("stop", agent_id, outcome)
        if outcome.fate in (Fate.STOPPED, Fate.DOUBTFUL):
            services.wake(workspace)
        return stop_outcome(outcome)

    return _answered(answer)


def _status(services: Services, workspace: str, status: Status) -> Message:
    if status.agent is None:
        account = standing(services.ports, workspace)
        if isinstance(account, Ending):
            return unanswered("status", "", account)
        return status_message(account)
    agent = standing_of(services.ports, workspace, status.agent, quoted=status.quoted)
    if isinstance(agent, Ending):
        return unanswered("status", status.agent, agent)
    return agent_status(agent)


def _answered(answer: Callable[[], Message]) -> Message:
    try:
        return answer()
    except StoreUnavailable:
        return plain(DATABASE_SILENT)
