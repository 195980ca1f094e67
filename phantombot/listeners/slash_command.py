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
from phantombot.errors import BadArgument, StoreUnavailable, UsageError
from phantombot.listeners.access_form import open_access_form
from phantombot.listeners.account import ask_to_stop, list_runs, tell_output, tell_status
from phantombot.listeners.agents import give_alias, take_alias, tell_agents, tell_aliases
from phantombot.listeners.audit_trail import tell_audit
from phantombot.listeners.doctor import tell_checks
from phantombot.listeners.key_form import ask_to_remove, open_key_form
from phantombot.listeners.launch_form import open_launch_form
from phantombot.listeners.requests import refusal_or_question
from phantombot.listeners.services import Body, Services, asker_of, is_written, later, workspace_of
from phantombot.listeners.watches import answer_watch
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import REPAIRED, help_message, incomplete, mistyped
from phantombot.messages.keys import KEY_TYPED, KEY_WRITTEN
from phantombot.messages.requests import launching
from phantombot.runs.model import ConfirmReason, Decision, Intent, State
from phantombot.runs.request import request_launch

_Asked = Status | Output | Stop | Agents | Runs | Alias | Aliases | Unalias


def answer_command(services: Services, body: Body) -> Message | None:
    """The acknowledgement of a slash command; None where the answer comes by itself."""
    try:
        command = parse(str(body.get("text") or ""))
    except UsageError as error:
        return _explained(services, body, error)
    match command:
        case Help(topic):
            return help_message(topic)
        case KeyTyped():
            return plain(KEY_WRITTEN if is_written(body) else KEY_TYPED)
        case Key(remove):
            _key(services, body, remove=remove)
            return None
        case Launch():
            return _launch(services, body, command)
        case LaunchForm():
            later(services, body, lambda: open_launch_form(services, body))
            return None
        case Access() | Audit():
            later(services, body, lambda: _for_admins(services, body, command))
            return None
        case Doctor():
            later(services, body, lambda: tell_checks(services, asker_of(body)))
            return None
        case Watch() | Unwatch() | Watches():
            later(services, body, lambda: answer_watch(services, asker_of(body), command))
            return None
        case _:
            later(services, body, lambda: _asked(services, asker_of(body), command))
            return None


def _for_admins(services: Services, body: Body, command: Access | Audit) -> Message | None:
    asker = asker_of(body)
    match command:
        case Access():
            trigger_id = str(body.get("trigger_id"))
            return open_access_form(services, asker.workspace, asker.user, trigger_id)
        case Audit():
            return tell_audit(services, asker.workspace, asker.user)


def _asked(services: Services, asker: Asker, command: _Asked) -> Message:
    match command:
        case Status():
            return tell_status(services, asker, command)
        case Output():
            return tell_output(services, asker, command)
        case Stop():
            return ask_to_stop(services, asker, command)
        case Agents(wanted):
            return tell_agents(services, asker, wanted)
        case Alias():
            return give_alias(services, asker, command)
        case Aliases():
            return tell_aliases(services, asker)
        case Unalias():
            return take_alias(services, asker, command)
        case Runs():
            return list_runs(services, asker)


def _launch(services: Services, body: Body, launch: Launch) -> Message | None:
    intent = _intent(body, launch)
    if not _is_complete(intent):
        return incomplete()
    requested = request_launch(services.ports, services.launch, intent)
    answer = refusal_or_question(services, requested)
    if answer is not None:
        return answer
    if is_written(body):
        # The run's message stands right below: only what it does not say is said.
        return plain(REPAIRED) if launch.repaired else None
    return launching(launch, requested)


def _explained(services: Services, body: Body, error: UsageError) -> Message:
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
        run = services.runs.add(intent, services.clock(), decided)
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


def _key(services: Services, body: Body, *, remove: bool) -> None:
    workspace, user = workspace_of(body), str(body.get("user_id"))
    trigger_id = str(body.get("trigger_id"))
    if remove:
        later(services, body, lambda: ask_to_remove(services, workspace, user))
    else:
        later(services, body, lambda: open_key_form(services, workspace, user, trigger_id))
