"""The buttons that launch a run again, at once or in a quarter of an hour, or several runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from phantombot.access.permissions import require_allowed
from phantombot.access.rules import Asker
from phantombot.commands.launch import answer_to_button, request
from phantombot.commands.launch_line import Launch, intent_of
from phantombot.commands.permission import Anyone, note_refused
from phantombot.commands.spec import Action
from phantombot.context import Context
from phantombot.errors import DecryptionError, Error, NotAllowed, StoreUnavailable
from phantombot.messages.blocks import Message, plain
from phantombot.messages.listing import agent_named, agent_title
from phantombot.messages.pressed import (
    ARGUMENT_SEALED,
    LAUNCHING_ANEW,
    launched_just_now,
    retry_cancelled,
    retry_refused,
    retry_set,
    retry_set_before,
    run_not_waiting,
)
from phantombot.messages.refusals import engine_chosen, unanswered
from phantombot.messages.sessions import (
    all_launched_again,
    latest_of_each_agent,
    launched_before,
    why_not_again,
)
from phantombot.phantombuster.account import Api
from phantombot.runs.admit import DOUBLE
from phantombot.runs.ending import NOTHING_LAUNCHED, Ending, Kind, ending_of
from phantombot.runs.model import RETRIED_AFTER, Intent, Run, Source, State
from phantombot.runs.request import Requested, request_later
from phantombot.runs.snapshot import end
from phantombot.slack.payload import Invocation

_READ_AT_ONCE = 50
"""Requests of one name that are read in one query: the acknowledgement waits for it."""
_TRIES = 9
"""Presses at one moment; the next one is told that it was not stored."""


def launch_again(context: Context, invocation: Invocation, run: Run) -> Message | None:
    """Store a launch of the run's agent, with the same command and argument.

    Of several people who press at the same moment the first launches, and the others read that.
    """
    for _ in range(_TRIES):
        name, before = _next_press(context, run)
        if before is not None and before.user != invocation.asker.user:
            return launched_just_now(run, before.user)
        requested = _request_same(context, replace(invocation, id=name), run)
        if isinstance(requested, Message) or requested.run is not None:
            return answer_to_button(requested, LAUNCHING_ANEW)
        # Somebody else's press was stored under that name just now.
    raise StoreUnavailable("many others press the same button")


def _next_press(context: Context, run: Run) -> tuple[str, Run | None]:
    """Return the id for the next press of the run's button, and what one just before launched."""
    free, before = _next_attempt(context, run.workspace, f"press {run.uid}")
    if before is None or context.clock() - before.created_at >= DOUBLE:
        return free, None
    return free, None if _refused(before) or before.state is State.ASKED else before


def retry_later(context: Context, invocation: Invocation, run: Run) -> Message:
    """Store such a launch to be sent later: one per run, however often the button is pressed.

    Slack is asked who the presser is, if needed, since nothing else decides until it is due.
    """
    _require_allowed(context, invocation.asker, "launch")
    intent = _same(context, replace(invocation, id=f"retry {run.uid}"), run)
    if isinstance(intent, Message):
        return intent
    return _set_retry(context, intent, run.agent_id, run.agent_name)


@dataclass(frozen=True)
class WatchedRun:
    """A run that wasn't launched from Slack: its agent, and its container or what tells of it."""

    agent_id: str
    name: str


def retry_watched_later(context: Context, invocation: Invocation, asked: WatchedRun) -> Message:
    """Store a launch of the agent with its saved settings that is due later, as `retry_later`."""
    _require_allowed(context, invocation.asker, "launch")
    once = replace(invocation, id=f"retry {asked.agent_id}:{asked.name}")
    watches = context.watches.of_agent(invocation.asker.workspace, asked.agent_id)
    name = watches[0].agent_name if watches else None
    intent = intent_of(once, Launch(asked.agent_id), Source.SAVED)
    return _set_retry(context, intent, asked.agent_id, name)


def _set_retry(
    context: Context, intent: Intent, agent_id: str | None, agent_name: str | None
) -> Message:
    before = context.runs.of_request(intent.workspace, intent.trigger_id)
    if before is not None:
        return retry_set_before(before)
    due_at = context.clock() + RETRIED_AFTER
    requested = request_later(context, replace(intent, due_at=due_at), agent_id, agent_name)
    if requested.refused is not None:
        return retry_refused(intent.agent, requested.refused)
    return retry_set(due_at)


def cancel_retry(context: Context, invocation: Invocation, run: Run) -> Message:
    """Cancel a launch that isn't due yet; people who can't stop agents only cancel their own."""
    user = invocation.asker.user
    if user != run.user:
        _require_allowed(context, invocation.asker, "stop")
    return context.runs.with_newest(run, partial(_cancel, context, user))


def _cancel(context: Context, user: str, run: Run) -> Message:
    if not run.waits(context.clock()):
        return run_not_waiting(run)
    end(context, run, Ending(Kind.CANCELLED, stopped_by=user))
    context.wake(run.workspace)
    return retry_cancelled(run)


@dataclass(frozen=True)
class WatchedAgents:
    """Launch the agents that a watch's message names, with their saved settings."""

    ids: tuple[str, ...]
    message: str
    """Slack's `ts` of the message: each message launches each agent once."""


def launch_all_again(context: Context, invocation: Invocation, first: Run) -> Message:
    """Store a launch of each agent that one dead session failed, once for any number of presses."""
    runs = latest_of_each_agent(context.runs.told_with(first.workspace, first.uid))
    return _each_once(
        context,
        invocation,
        [(f"again {run.uid}", agent_title(run), partial(_again, context, run)) for run in runs],
    )


def launch_watched_again(context: Context, invocation: Invocation, asked: WatchedAgents) -> Message:
    """Store a launch of each agent with its saved settings, once for any number of presses."""
    asker = invocation.asker
    watches = context.watches.of_channel(asker.workspace, asker.channel)
    names = {watch.agent_id: watch.agent_name for watch in watches}
    place = f"{asker.channel} {asked.message}"
    return _each_once(
        context,
        invocation,
        [
            (
                f"again {place} {one}",
                agent_named(one, names.get(one, "")),
                partial(_saved, context, one),
            )
            for one in asked.ids
        ],
    )


def _again(context: Context, run: Run, invocation: Invocation) -> Message | None:
    """Store the same launch again; return why not, if it is refused."""
    requested = _request_same(context, invocation, run)
    return requested if isinstance(requested, Message) else None


def _saved(context: Context, agent_id: str, invocation: Invocation) -> Message | None:
    """Store a launch of the agent with its saved settings; return why not, if it is refused."""
    requested = request(context, intent_of(invocation, Launch(agent_id), Source.SAVED))
    return requested if isinstance(requested, Message) else None


def _each_once(
    context: Context,
    invocation: Invocation,
    launches: Sequence[tuple[str, str, Callable[[Invocation], Message | None]]],
) -> Message:
    """Request each launch under its own id, unless that was done before; report on each agent."""
    launched: list[str] = []
    not_again: list[str] = []
    for name, agent, launch in launches:
        free = _free(context, invocation.asker.workspace, name)
        if free is None:
            not_again.append(launched_before(agent))
            continue
        why_not = launch(replace(invocation, id=free))
        if why_not is None:
            launched.append(agent)
        else:
            not_again.append(why_not_again(agent, why_not.text))
    return all_launched_again(launched, not_again)


def _free(context: Context, workspace: str, name: str) -> str | None:
    """Return the id to launch it under; None if it was launched already.

    After a refusal, somebody else can still launch it.
    """
    free, before = _next_attempt(context, workspace, name)
    return free if before is None or _refused(before) else None


def _next_attempt(context: Context, workspace: str, name: str) -> tuple[str, Run | None]:
    """Return the id for the next request of this name, and the run of the latest before it.

    People who press at the same moment get the same id, under which only one launch is stored.
    """
    found: dict[str, Run] = {}
    while True:
        ids = [f"{name} {number}" for number in range(len(found), len(found) + _READ_AT_ONCE)]
        found |= context.runs.of_requests(workspace, ids)
        free = next((one for one in ids if one not in found), None)
        if free is not None:
            return free, max(found.values(), key=lambda run: run.id, default=None)


def _refused(run: Run) -> bool:
    return run.ending is not None and run.ending.kind in NOTHING_LAUNCHED


def _request_same(context: Context, invocation: Invocation, run: Run) -> Requested | Message:
    """Store the same launch again; return a Message if it is refused, or a question comes first."""
    intent = _same(context, invocation, run)
    return intent if isinstance(intent, Message) else request(context, intent)


def _same(context: Context, invocation: Invocation, run: Run) -> Intent | Message:
    """Return the request for the same launch as the run's, or why there can't be one."""
    note = context.keys.key_note(run.workspace)
    if run.command and note is not None and note.api is Api.V2:
        return engine_chosen(run.command, run.agent_id or run.agent)
    try:
        argument = context.runs.argument(run)
    except DecryptionError:
        return plain(ARGUMENT_SEALED)
    again = Launch(
        agent=run.agent_id or run.agent,
        quoted=run.agent_id is None and run.quoted,
        command=run.command,
        argument=argument,
    )
    here = invocation.asker.channel == run.channel
    here_too = replace(invocation, thread_ts=run.thread_ts if here else None)
    return intent_of(here_too, again, Source.AGAIN)


def _require_allowed(context: Context, asker: Asker, wanted: str) -> None:
    try:
        require_allowed(context, asker)
    except NotAllowed:
        note_refused(context, asker, wanted)
        raise


def _not_set(run: Run, error: Error) -> Message:
    return retry_refused(run.agent_id or run.agent, ending_of(error))


def _watched_not_set(asked: WatchedRun, error: Error) -> Message:
    return retry_refused(asked.agent_id, ending_of(error))


def _not_cancelled(run: Run, error: Error) -> Message:
    return unanswered("stop", run.agent_id or run.agent, error)


LAUNCH_RUN_AGAIN = Action(Anyone(), launch_again, at_once=True, says_nothing_done=False)
LAUNCH_WATCHED_AGAIN = Action(Anyone(), launch_watched_again, at_once=True, says_nothing_done=False)
LAUNCH_ALL_AGAIN = Action(Anyone(), launch_all_again, at_once=True, says_nothing_done=False)
RETRY_RUN_LATER = Action(Anyone(), retry_later, _not_set)
RETRY_WATCHED_LATER = Action(Anyone(), retry_watched_later, _watched_not_set)
CANCEL_RETRY_OF_RUN = Action(Anyone(), cancel_retry, _not_cancelled)
