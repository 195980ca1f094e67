"""`output`, and the buttons that show the console and result of one run."""

from dataclasses import dataclass

from phantombot.commands.files import send_file
from phantombot.commands.named_agent import NamedAgent, required_agent
from phantombot.commands.permission import Members
from phantombot.commands.spec import Action, CommandSpec, Subcommand
from phantombot.context import Context
from phantombot.errors import AnswerTooLarge, Error, RunExpired
from phantombot.messages.blocks import File, Message, plain
from phantombot.messages.commands import Group
from phantombot.messages.detail import result_file
from phantombot.messages.output import NO_RESULT, RESULT_TOO_LARGE, output_message, result_note
from phantombot.messages.pressed import forgotten
from phantombot.messages.refusals import unanswered
from phantombot.runs.model import Run
from phantombot.runs.output import last_output, output_in, output_of, whole_result
from phantombot.runs.rows import rows_of
from phantombot.slack.payload import Invocation

_SPEC = CommandSpec(
    "output",
    "output <agent>",
    "shows the last lines of an agent's console and its result",
    "output LinkedIn Search",
    group=Group.SEE,
    brief="shows the console and the result",
    who=Members("output"),
    others=("log", "logs", "console", "result", "results"),
)


@dataclass(frozen=True)
class Output(NamedAgent):
    """Show an agent's console and result."""


@dataclass(frozen=True)
class OutputIn:
    """Show the console and result of one container of the agent; of its last run if empty."""

    agent_id: str
    container_id: str


@dataclass(frozen=True)
class ResultIn:
    """Send the whole result of the agent's run in one container as a file."""

    agent_id: str
    container_id: str


def read_output(text: str) -> Output:
    """Parse `text`, typed after `output`.

    Raises:
        UsageError: it names no agent, or more follows.
    """
    named = required_agent(text, _SPEC)
    return Output(named.agent, named.quoted)


def show_output(context: Context, invocation: Invocation, asked: Output) -> Message:
    """Show the console and result of the agent's most recent run."""
    found = last_output(context, invocation.asker, asked.agent, quoted=asked.quoted)
    return output_message(found)


def show_output_of(context: Context, _invocation: Invocation, run: Run) -> Message:
    """Show the console and result of one run."""
    return output_message(output_of(context, run))


def show_output_in(context: Context, invocation: Invocation, asked: OutputIn) -> Message:
    """Show the console and result of a watched agent's run."""
    workspace = invocation.asker.workspace
    watches = context.watches.of_agent(workspace, asked.agent_id)
    named = (asked.agent_id, watches[0].agent_name if watches else "")
    return output_message(output_in(context, workspace, named, asked.container_id))


def send_result(context: Context, invocation: Invocation, asked: ResultIn) -> Message:
    """Send the whole result by direct message: no answer for one person alone can hold a file."""
    workspace = invocation.asker.workspace
    reading = whole_result(context, workspace, asked.agent_id, asked.container_id)
    try:
        with reading as result:
            file = result_file(asked.agent_id, asked.container_id, result, rows_of(result))
            return _sent(context, invocation, asked, file)
    except AnswerTooLarge:
        return plain(RESULT_TOO_LARGE)


def _sent(context: Context, invocation: Invocation, asked: ResultIn, file: File | None) -> Message:
    if file is None:
        return plain(NO_RESULT)
    asker = invocation.asker
    agent = context.agents.listed(asker.workspace, asked.agent_id)
    note = result_note(asked.agent_id, agent.name if agent is not None else "")
    return send_file(context, asker, note, file)


def _no_output(asked: Output, error: Error) -> Message:
    return unanswered("output", asked.agent, error, "")


def _no_output_of(run: Run, error: Error) -> Message:
    if isinstance(error, RunExpired):
        return forgotten(run)
    return unanswered("output", run.agent, error)


def _no_output_in(asked: OutputIn | ResultIn, error: Error) -> Message:
    return unanswered("output", asked.agent_id, error)


SHOW_OUTPUT_OF = Action(_SPEC.who, show_output_of, _no_output_of)
SHOW_OUTPUT_IN = Action(_SPEC.who, show_output_in, _no_output_in)
EXPORT_RESULT_IN = Action(_SPEC.who, send_result, _no_output_in)
OUTPUT = Subcommand(_SPEC, read_output, {Output: Action(_SPEC.who, show_output, _no_output)})
