"""Agents and their aliases, for the one who asks. All of it comes after the acknowledgement."""

from collections.abc import Iterator
from contextlib import contextmanager

from phantombot.access.rules import Asker
from phantombot.agents.alias import Kept
from phantombot.agents.aliases import list_aliases, remove_alias, set_alias
from phantombot.commands.parse import Alias, Unalias
from phantombot.context import Context
from phantombot.errors import DecryptionError, NotAllowed, PhantombusterError, Refused
from phantombot.listeners.account import answered, answered_to_members
from phantombot.listeners.admins import note_refused
from phantombot.listeners.background import run_in_background
from phantombot.messages.agents import agents_message, not_listed
from phantombot.messages.aliases import alias_list, alias_removed, alias_set, no_alias
from phantombot.messages.blocks import Message
from phantombot.messages.unanswered import unanswered
from phantombot.runs.output import find_agents
from phantombot.slack.payload import Body, asker_of

_LONGEST_NUMBER = 5
"""Digits of a page: no account has as many agents."""


def tell_agents(context: Context, asker: Asker, wanted: str, page: int = 0) -> Message:
    """Show a page of the account's agents."""

    def answer() -> Message:
        try:
            return agents_message(find_agents(context, asker.workspace, wanted), wanted, page)
        except (Refused, PhantombusterError, DecryptionError) as error:
            return not_listed(unanswered("agents", wanted, error), wanted, page)

    return answered_to_members(context, asker, "agents", wanted, answer)


def turn_page(context: Context, body: Body) -> None:
    """Put another page in the place of the one whose button was pressed."""
    wanted, page = page_meant(str(body["actions"][0].get("value")))
    asker = asker_of(body)
    run_in_background(
        context, body, lambda: tell_agents(context, asker, wanted, page), replace=True
    )


def page_meant(value: str) -> tuple[str, int]:
    """The filter and the page that a button's value names: the page's number, then the filter."""
    page, _, wanted = value.partition(" ")
    is_one = page.isascii() and page.isdigit() and len(page) <= _LONGEST_NUMBER
    return wanted, int(page) if is_one else 0


def tell_aliases(context: Context, asker: Asker) -> Message:
    """List the channel's aliases."""

    def answer() -> Message:
        return alias_list(list_aliases(context, asker))

    return answered_to_members(context, asker, "alias", "", answer)


def give_alias(context: Context, asker: Asker, typed: Alias) -> Message:
    """Let a word stand for an agent in the channel."""
    launch = typed.launch
    own = Kept(launch.command, launch.argument)

    def answer() -> Message:
        with _noting(context, asker, "alias"):
            done = set_alias(context, asker, typed.word, launch.agent, own, quoted=launch.quoted)
        return alias_set(done)

    return answered(f"alias {typed.word}", typed.launch.agent, answer)


def take_alias(context: Context, asker: Asker, typed: Unalias) -> Message:
    """Remove an alias of the channel."""

    def answer() -> Message:
        with _noting(context, asker, "unalias"):
            gone = remove_alias(context, asker, typed.word)
        if gone is None:
            aliases = context.aliases.of_channel(asker.workspace, asker.channel)
            return no_alias(typed.word, [alias.word for alias in aliases])
        return alias_removed(gone)

    return answered("unalias", typed.word, answer)


@contextmanager
def _noting(context: Context, asker: Asker, wanted: str) -> Iterator[None]:
    """Write down in the audit trail what was not allowed."""
    try:
        yield
    except NotAllowed:
        note_refused(context, asker.workspace, asker.user, wanted, asker.channel)
        raise
