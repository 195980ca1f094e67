"""`alias` and `unalias`: short names for agents, by channel."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from phantombot.access.permissions import denied_everywhere
from phantombot.access.rules import Asker
from phantombot.agents.alias import LONGEST, Kept, may_be_alias
from phantombot.agents.aliases import list_aliases, remove_alias, set_alias
from phantombot.commands.forms import show_form
from phantombot.commands.launch_line import Launch, intent_of, read_launch
from phantombot.commands.permission import Anyone, Members, note_refused
from phantombot.commands.spec import Action, CommandSpec, Subcommand
from phantombot.context import Context
from phantombot.errors import (
    AgentAmbiguous,
    AgentUnknown,
    Error,
    NoKey,
    NotAllowed,
    Refused,
    UsageError,
)
from phantombot.messages.aliases import (
    AliasEntered,
    alias_form,
    alias_list,
    alias_removed,
    alias_set,
    no_alias,
    open_alias_button,
)
from phantombot.messages.blocks import Message
from phantombot.messages.commands import Group
from phantombot.messages.refusals import not_allowed, unanswered, which_for_alias
from phantombot.phantombuster.account import Api
from phantombot.runs.ending import ending_of
from phantombot.runs.model import ConfirmReason, Decision, Run, State
from phantombot.slack.payload import Invocation
from phantombot.text.normalize import folded
from phantombot.text.tokens import SCRIPTS, each_word, first_word

_ALIAS = CommandSpec(
    "alias",
    "alias [<word> <agent> [casperjs|phantomjs] [argument]]",
    "gives an agent a short name in this channel, with its own command and argument; on its"
    " own, lists the names",
    "alias leads LinkedIn Search",
    group=Group.RUN,
    brief="gives an agent a short name",
    who=Anyone(acts=True),
    others=("aliases",),
)
_UNALIAS = CommandSpec(
    "unalias",
    "unalias <word>",
    "removes a short name from this channel",
    "unalias leads",
    group=Group.RUN,
    brief="removes a short name",
    who=Anyone(acts=True),
)
_ALSO_TAKEN = frozenset({"abort", *SCRIPTS})


@dataclass(frozen=True)
class Alias:
    """Make `word`, as typed, an alias for the agent of `launch`, with its command and argument."""

    word: str
    launch: Launch


@dataclass(frozen=True)
class AliasForm:
    """Open the form that gives an agent a short name."""


@dataclass(frozen=True)
class Aliases:
    """List the channel's aliases."""


@dataclass(frozen=True)
class Unalias:
    """Remove the alias; `word` is as typed."""

    word: str


def read_alias(text: str, taken: Collection[str]) -> Alias | Aliases:
    """Parse `text`, typed after `alias`; `taken` are the names of subcommands.

    Raises:
        UsageError: the word can't be an alias, or no agent is named.
    """
    word, rest = first_word(text)
    if not word:
        return Aliases()
    problem = word_problem(word, taken)
    if problem:
        raise UsageError(_ALIAS.explained(problem))
    return Alias(word, read_launch(rest, _ALIAS, keeps=True))


def word_problem(word: str, taken: Collection[str]) -> str:
    """Return why the word can't be an alias; empty if it can.

    It isn't repeated unless it is one of ours: if an agent was typed first, it may be an argument.
    """
    if folded(word) in _ALSO_TAKEN.union(taken):
        return f"`{word.lower()}` is a word of mine; choose another one."
    if may_be_alias(word):
        return ""
    return (
        f"An alias is one word of at most {LONGEST} letters, digits, `-`, `_` and `.`, with a"
        " letter among them."
    )


def read_unalias(text: str) -> Unalias:
    """Parse `text`, typed after `unalias`.

    Raises:
        UsageError: it names no alias, or more follows.
    """
    words = each_word(text)
    if len(words) != 1:
        raise UsageError(_UNALIAS.explained("Which alias? It is one word."))
    return Unalias(words[0])


def show_aliases(context: Context, invocation: Invocation, _asked: Aliases) -> Message:
    """List the channel's aliases."""
    may_set = denied_everywhere(context, invocation.asker) is None
    return alias_list(list_aliases(context, invocation.asker), may_set=may_set)


def give_alias(
    context: Context, invocation: Invocation, asked: Alias, *, elsewhere: bool = False
) -> Message:
    """Set an alias in the channel; `elsewhere` means that the answer isn't shown there."""
    asker, launch = invocation.asker, asked.launch
    own = Kept(launch.command, launch.argument)
    try:
        with _noting(context, asker, "alias"):
            done = set_alias(context, asker, asked.word, launch.agent, own, quoted=launch.quoted)
    except (AgentAmbiguous, AgentUnknown) as error:
        question = _which_agent(context, invocation, asked, error)
        if question is None:
            raise
        return question
    return alias_set(done, asker.channel if elsewhere else "")


def open_alias_form(context: Context, invocation: Invocation, _asked: AliasForm) -> Message | None:
    """Open the form that gives an agent a short name."""
    asker = invocation.asker
    denial = denied_everywhere(context, asker)
    if denial is not None:
        note_refused(context, asker, "alias")
        return not_allowed(denial)
    note = context.keys.key_note(asker.workspace)
    if note is None:
        return unanswered("alias", "", NoKey())
    context.agents.known(asker.workspace)  # fetch the menu's agents in advance
    view = alias_form(AliasEntered(), takes_command=note.api is Api.V1)
    return show_form(context, invocation, view, open_alias_button())


def _which_agent(
    context: Context, invocation: Invocation, asked: Alias, error: Refused
) -> Message | None:
    """Ask which agent is meant if there is an argument, which buttons must not contain.

    The alias is stored as a draft that waits for its author.
    """
    if asked.launch.argument is None or not error.candidates or not invocation.id:
        return None
    intent = intent_of(invocation, replace(asked.launch, agent=asked.word), None)
    draft = Decision(state=State.ASKED, doubt=ConfirmReason.ALIAS, ending=ending_of(error))
    run = context.runs.add(intent, context.clock(), draft)
    return None if run is None else which_for_alias(run.uid, asked.launch.agent, error)


def alias_of(context: Context, draft: Run, agent_id: str) -> Alias:
    """Return the draft's alias, with the agent that was chosen.

    Raises:
        DecryptionError: its argument was stored under another PHANTOMBOT_SECRET.
    """
    argument = context.runs.argument(draft)
    return Alias(draft.agent, Launch(agent_id, command=draft.command, argument=argument))


def take_alias(context: Context, invocation: Invocation, asked: Unalias) -> Message:
    """Remove an alias of the channel."""
    asker = invocation.asker
    with _noting(context, asker, "unalias"):
        gone = remove_alias(context, asker, asked.word)
    if gone is None:
        aliases = context.aliases.of_channel(asker.workspace, asker.channel)
        return no_alias(asked.word, [alias.word for alias in aliases])
    return alias_removed(gone)


@contextmanager
def _noting(context: Context, asker: Asker, wanted: str) -> Iterator[None]:
    """Record refusals in the audit trail."""
    try:
        yield
    except NotAllowed:
        note_refused(context, asker, wanted)
        raise


def _not_given(asked: Alias, error: Error) -> Message:
    after = (asked.launch.command or "") if asked.launch.argument is None else None
    return unanswered(f"alias {asked.word}", asked.launch.agent, error, after)


def _not_taken(asked: Unalias, error: Error) -> Message:
    return unanswered("unalias", asked.word, error)


GIVE_ALIAS = Action(_ALIAS.who, give_alias, _not_given)
OPEN_ALIAS_FORM = Action(Members("alias"), open_alias_form, says_nothing_done=False)


def alias_subcommand(taken: Callable[[], Collection[str]]) -> Subcommand:
    """Return the subcommand; `taken` returns the names of subcommands, which can't be aliases."""
    return Subcommand(
        _ALIAS,
        lambda text: read_alias(text, taken()),
        {
            Alias: GIVE_ALIAS,
            Aliases: Action(Members("alias"), show_aliases),
        },
    )


UNALIAS = Subcommand(
    _UNALIAS, read_unalias, {Unalias: Action(_UNALIAS.who, take_alias, _not_taken)}
)
