"""`/phantom …`: parse, write the intent, acknowledge. Nothing slow."""

from phantombot.access.rules import Asker
from phantombot.commands.launch_line import Launch
from phantombot.commands.parse import (
    Access,
    Agents,
    Alias,
    Aliases,
    Audit,
    Doctor,
    Help,
    Key,
    KeyTyped,
    LaunchForm,
    Output,
    Runs,
    Status,
    Stop,
    Unalias,
    Unwatch,
    Watch,
    Watches,
    parse,
)
from phantombot.commands.spec import COMMANDS
from phantombot.context import Context
from phantombot.errors import BadArgument, StoreUnavailable, UsageError
from phantombot.listeners.access_form import open_access_form
from phantombot.listeners.account import ask_to_stop, list_runs, tell_output, tell_status
from phantombot.listeners.agents import give_alias, take_alias, tell_agents, tell_aliases
from phantombot.listeners.audit_trail import tell_audit
from phantombot.listeners.background import run_in_background
from phantombot.listeners.doctor import tell_checks
from phantombot.listeners.key_form import ask_to_remove, open_key_form
from phantombot.listeners.launch_form import open_launch_form
from phantombot.listeners.requests import refusal_or_question
from phantombot.listeners.watches import answer_watch
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import REPAIRED, help_message, incomplete, mistyped
from phantombot.messages.keys import KEY_TYPED, KEY_WRITTEN
from phantombot.messages.requests import launching
from phantombot.runs.model import ConfirmReason, Decision, Intent, State
from phantombot.runs.request import request_launch
from phantombot.slack.payload import Body, asker_of, is_written, workspace_of

_Asked = Status | Output | Stop | Agents | Runs | Alias | Aliases | Unalias


def answer_command(context: Context, body: Body) -> Message | None:
    """The acknowledgement of a slash command; None where the answer comes by itself."""
    try:
        command = parse(str(body.get("text") or ""))
    except UsageError as error:
        return _explained(context, body, error)
    match command:
        case Help(topic):
            return help_message(COMMANDS, topic)
        case KeyTyped():
            return plain(KEY_WRITTEN if is_written(body) else KEY_TYPED)
        case Key(remove):
            _key(context, body, remove=remove)
            return None
        case Launch():
            return _launch(context, body, command)
        case LaunchForm():
            run_in_background(context, body, lambda: open_launch_form(context, body))
            return None
        case Access() | Audit():
            run_in_background(context, body, lambda: _for_admins(context, body, command))
            return None
        case Doctor():
            run_in_background(context, body, lambda: tell_checks(context, asker_of(body)))
            return None
        case Watch() | Unwatch() | Watches():
            run_in_background(context, body, lambda: answer_watch(context, asker_of(body), command))
            return None
        case _:
            run_in_background(context, body, lambda: _asked(context, asker_of(body), command))
            return None


def _for_admins(context: Context, body: Body, command: Access | Audit) -> Message | None:
    asker = asker_of(body)
    match command:
        case Access():
            trigger_id = str(body.get("trigger_id"))
            return open_access_form(context, asker.workspace, asker.user, trigger_id)
        case Audit():
            return tell_audit(context, asker.workspace, asker.user)


def _asked(context: Context, asker: Asker, command: _Asked) -> Message:
    match command:
        case Status():
            return tell_status(context, asker, command)
        case Output():
            return tell_output(context, asker, command)
        case Stop():
            return ask_to_stop(context, asker, command)
        case Agents(wanted):
            return tell_agents(context, asker, wanted)
        case Alias():
            return give_alias(context, asker, command)
        case Aliases():
            return tell_aliases(context, asker)
        case Unalias():
            return take_alias(context, asker, command)
        case Runs():
            return list_runs(context, asker)


def _launch(context: Context, body: Body, launch: Launch) -> Message | None:
    intent = _intent(body, launch)
    if not _is_complete(intent):
        return incomplete()
    requested = request_launch(context, intent)
    answer = refusal_or_question(context, requested)
    if answer is not None:
        return answer
    if is_written(body):
        # The run's message stands right below: only what it does not say is said.
        return plain(REPAIRED) if launch.repaired else None
    return launching(intent, requested, repaired=launch.repaired)


def _explained(context: Context, body: Body, error: UsageError) -> Message:
    """Say what is wrong; where only the argument is, with a button that opens the form with it.

    It is kept as a request that waits for its author: an argument is too secret for a button.
    """
    launch = error.typed if isinstance(error, BadArgument) else None
    if not isinstance(launch, Launch):
        return mistyped(error)
    intent, decided = (
        _intent(body, launch),
        Decision(state=State.ASKED, doubt=ConfirmReason.ARGUMENT),
    )
    if not _is_complete(intent):
        return mistyped(error)
    try:
        run = context.runs.add(intent, context.clock(), decided)
    except StoreUnavailable:
        return mistyped(error)
    return mistyped(error, run.id if run is not None else None)


def _is_complete(intent: Intent) -> bool:
    return all((intent.workspace, intent.trigger_id, intent.channel, intent.user))


def _intent(body: Body, launch: Launch) -> Intent:
    return Intent(
        workspace=workspace_of(body),
        trigger_id=str(body.get("invocation") or body.get("trigger_id") or ""),
        thread_ts=str(body.get("thread_ts") or "") or None,
        channel=str(body.get("channel_id") or ""),
        user=str(body.get("user_id") or ""),
        response_url=str(body.get("response_url") or ""),
        agent=launch.agent,
        quoted=launch.quoted,
        command=launch.command,
        argument=launch.argument,
        save=launch.save,
    )


def _key(context: Context, body: Body, *, remove: bool) -> None:
    workspace, user = workspace_of(body), str(body.get("user_id"))
    trigger_id = str(body.get("trigger_id"))
    if remove:
        run_in_background(context, body, lambda: ask_to_remove(context, workspace, user))
    else:
        run_in_background(
            context, body, lambda: open_key_form(context, workspace, user, trigger_id)
        )
