"""`launch`, its form, and launches from a watch's message. A run's own buttons are in again.py.

The request is stored here; the launch is sent in worker/launch.py.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from phantombot.access.permissions import denied_everywhere
from phantombot.commands.forms import show_form
from phantombot.commands.launch_form import NOTHING, Offer, offer_typed
from phantombot.commands.launch_line import Launch, intent_of, read_launch
from phantombot.commands.permission import Anyone, Members, note_refused
from phantombot.commands.spec import Action, CommandSpec, Subcommand, known_key_note
from phantombot.context import Context
from phantombot.errors import (
    BadArgument,
    DecryptionError,
    NoKey,
    NotAtHand,
    SlackError,
    StoreUnavailable,
    UsageError,
)
from phantombot.messages.agent_menu import NO_CHOICE
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import REPAIRED, Group, incomplete, mistyped
from phantombot.messages.doubts import launching, refused_or_asked
from phantombot.messages.help import said_without_engines
from phantombot.messages.launch_form import (
    AGENT_GONE_SINCE,
    launch_form,
    open_launch_button,
)
from phantombot.messages.pressed import ARGUMENT_SEALED, LAUNCHING_SAVED
from phantombot.messages.refusals import not_allowed, unanswered
from phantombot.phantombuster.account import Api, takes_engines
from phantombot.runs.admit import known_agent
from phantombot.runs.model import ConfirmReason, Decision, Intent, Run, Source, State
from phantombot.runs.request import Requested, request_launch
from phantombot.slack.payload import Invocation

_SPEC = CommandSpec(
    "launch",
    "launch <agent> [casperjs|phantomjs] [--save] [argument]",
    "launches an agent; `--save` saves the command and argument as its defaults; on its own,"
    " opens a form",
    'launch LinkedIn Search casperjs {"url": "https://example.com"}',
    group=Group.RUN,
    brief="starts an agent, or opens a form",
    who=Anyone(acts=True),
    others=("run", "start", "exec", "execute", "trigger"),
)
USAGE_HINT = "launch <agent> [casperjs|phantomjs] [json]"
"""What Slack shows beside `/phantom` while somebody types."""


@dataclass(frozen=True)
class LaunchForm:
    """Open the launch form, with what is chosen and typed already."""

    agent_id: str = ""
    offered: Offer = NOTHING


def read(text: str) -> Launch | LaunchForm:
    """Parse `text`, typed after `launch`.

    Raises:
        UsageError: it isn't a valid launch.
    """
    return read_launch(text, _SPEC) if text else LaunchForm()


def launch_typed(context: Context, invocation: Invocation, asked: Launch) -> Message | None:
    """Store the launch as it was typed; return the acknowledgement, which says what follows."""
    intent = intent_of(invocation, asked, _source_of(asked))
    # Nothing else says that the argument was repaired.
    replaced = not invocation.written and not asked.repaired
    requested = request(context, replace(intent, acknowledged=replaced))
    if isinstance(requested, Message):
        return requested
    if invocation.written:
        # The run's message appears right below: say only what it doesn't.
        return plain(REPAIRED) if asked.repaired else None
    return launching(intent, requested, repaired=asked.repaired)


def launch_saved(context: Context, invocation: Invocation, agent_id: str) -> Message | None:
    """Store a launch of the agent with its saved settings."""
    requested = request(context, intent_of(invocation, Launch(agent_id), Source.SAVED))
    return answer_to_button(requested, LAUNCHING_SAVED)


def answer_to_button(requested: Requested | Message, acknowledgement: str) -> Message | None:
    """Return the answer to a pressed button; None if the run's message follows at once.

    An acknowledgement couldn't be deleted: a button's response_url deletes the button's message.
    """
    if isinstance(requested, Message):
        return requested
    follows = requested.run is not None and not requested.waits_for and not requested.unlisted
    return None if follows else plain(acknowledgement)


def _source_of(launch: Launch) -> Source | None:
    return Source.SAVED if launch.command is None and launch.argument is None else None


def request(context: Context, intent: Intent) -> Requested | Message:
    """Store the request; return a Message if it is refused, or a question comes first.

    It is on disk before the acknowledgement, so that no launch is lost.
    """
    if not _is_complete(intent):
        return incomplete()
    requested = request_launch(context, intent)
    return _refusal_or_question(context, requested) or requested


def _is_complete(intent: Intent) -> bool:
    return all((intent.workspace, intent.trigger_id, intent.channel, intent.user))


def _refusal_or_question(context: Context, requested: Requested) -> Message | None:
    run = requested.run
    if run is not None and requested.waits_for == "Slack" and context.runs.launches_what_it_adds:
        # The worker asks for this launch; asking here makes the next acknowledgement faster.
        context.background.submit(run.workspace, partial(_learn_person, context, run))
    try:
        by_admin = run is not None and (
            context.people.at_hand.person(run.workspace, run.user).admin
        )
    except NotAtHand:
        by_admin = True  # the button finds out; whoever installed the app usually launches first
    return refused_or_asked(run, by_admin=by_admin)


def _learn_person(context: Context, run: Run) -> None:
    with suppress(SlackError):
        context.people.person(run.workspace, run.user)


def explain(context: Context, invocation: Invocation, error: UsageError) -> Message:
    """Say what is wrong; if only the argument is, add a button that opens the form with it.

    It is stored as a request that waits for its author: an argument is too secret for a button.
    """
    launch = error.typed if isinstance(error, BadArgument) else None
    error = _fitting(context, invocation.asker.workspace, error)
    if not isinstance(launch, Launch):
        return mistyped(error)
    intent = intent_of(invocation, launch, None)
    if not _is_complete(intent):
        return mistyped(error)
    decided = Decision(state=State.ASKED, doubt=ConfirmReason.ARGUMENT)
    try:
        run = context.runs.add(intent, context.clock(), decided)
    except StoreUnavailable:
        return mistyped(error)
    return mistyped(error, run.uid if run is not None else "")


def _fitting(context: Context, workspace: str, error: UsageError) -> UsageError:
    """Return the error, without engines in its usage if the account's agents take none."""
    said = said_without_engines(error.sentence)
    if said == error.sentence or takes_engines(known_key_note(context, workspace)):
        return error
    return UsageError(said, error.shown)


def open_form(context: Context, invocation: Invocation, asked: LaunchForm) -> Message | None:
    """Open the form; for a command in a message, which can't open one, return a button."""
    workspace = invocation.asker.workspace
    denial = denied_everywhere(context, invocation.asker)
    if denial is not None:
        note_refused(context, invocation.asker, "launch form")
        return not_allowed(denial)
    note = context.keys.key_note(workspace)
    if note is None:
        return unanswered("launch", "", NoKey())
    view = _preset(context, note.api, workspace, asked.agent_id, asked.offered)
    return show_form(context, invocation, view, open_launch_button())


def open_typed(context: Context, invocation: Invocation, run: Run) -> Message | None:
    """Open the form with the launch that was typed, whose argument isn't JSON."""
    try:
        typed = context.runs.argument(run) or ""
    except DecryptionError:
        return plain(ARGUMENT_SEALED)
    asker = replace(invocation.asker, channel=run.channel)
    agent_id = known_agent(context, asker, run.agent, quoted=run.quoted)
    return open_form(context, invocation, LaunchForm(agent_id, offer_typed(typed, run.command)))


def _preset(
    context: Context, api: Api, workspace: str, agent_id: str, offered: Offer
) -> dict[str, Any]:
    """Return the form with that agent chosen, if it still exists; fetch the list in advance."""
    agent_list = context.agents.known(workspace)
    agent = agent_list.agent(agent_id) if agent_list else None
    gone = agent_list is not None and agent is None and agent_id not in ("", NO_CHOICE)
    note = AGENT_GONE_SINCE if gone else offered.note
    takes_command = api is Api.V1
    return launch_form(agent, offered.argument, note, offered.command, takes_command=takes_command)


_IN_FORM = Members("launch form")
OPEN_FORM = Action(_IN_FORM, open_form, says_nothing_done=False)
OPEN_TYPED_FORM = Action(_IN_FORM, open_typed, says_nothing_done=False)
LAUNCH_SAVED_OPTIONS = Action(_SPEC.who, launch_saved, at_once=True, says_nothing_done=False)
LAUNCH = Subcommand(
    _SPEC,
    read,
    {
        Launch: Action(_SPEC.who, launch_typed, at_once=True, says_nothing_done=False),
        LaunchForm: OPEN_FORM,
    },
)
