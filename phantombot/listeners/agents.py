"""Agents and their aliases, for the one who asks. All of it comes after the acknowledgement."""

from phantombot.access.rules import Asker
from phantombot.agents.aliases import list_aliases, remove_alias, set_alias
from phantombot.commands.parse import Alias, Unalias
from phantombot.listeners.account import answered, answered_to_members
from phantombot.listeners.admins import note_refused
from phantombot.listeners.services import Body, Services, asker_of, later
from phantombot.messages.agents import agents_message, not_listed
from phantombot.messages.aliases import alias_list, alias_removed, alias_set, no_alias
from phantombot.messages.blocks import Message
from phantombot.messages.unanswered import unanswered
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.output import listed

_LONGEST_NUMBER = 5
"""Digits of a page: no account has as many agents."""


def tell_agents(services: Services, asker: Asker, wanted: str, page: int = 0) -> Message:
    """A page of the account's agents."""

    def answer() -> Message:
        found = listed(services.ports, asker.workspace, wanted)
        if isinstance(found, Ending):
            return not_listed(unanswered("agents", wanted, found), wanted, page)
        return agents_message(found, wanted, page)

    return answered_to_members(services, asker, "agents", answer)


def turn_page(services: Services, body: Body) -> None:
    """Put another page in the place of the one whose button was pressed."""
    wanted, page = page_meant(str(body["actions"][0].get("value")))
    asker = asker_of(body)
    later(services, body, lambda: tell_agents(services, asker, wanted, page), replace=True)


def page_meant(value: str) -> tuple[str, int]:
    """The filter and the page that a button's value names: the page's number, then the filter."""
    page, _, wanted = value.partition(" ")
    is_one = page.isascii() and page.isdigit() and len(page) <= _LONGEST_NUMBER
    return wanted, int(page) if is_one else 0


def tell_aliases(services: Services, asker: Asker) -> Message:
    """The channel's aliases."""

    def answer() -> Message:
        return alias_list(list_aliases(services.ports, asker))

    return answered_to_members(services, asker, "alias", answer)


def give_alias(services: Services, asker: Asker, typed: Alias) -> Message:
    """Let a word stand for an agent in the channel."""

    def answer() -> Message:
        done = set_alias(services.ports, asker, typed.word, typed.launch)
        if isinstance(done, Ending):
            _note_refused(services, asker, done, "alias")
            return unanswered(f"alias {typed.word}", typed.launch.agent, done)
        return alias_set(done)

    return answered(answer)


def take_alias(services: Services, asker: Asker, typed: Unalias) -> Message:
    """Take a word of the channel away."""

    def answer() -> Message:
        gone = remove_alias(services.ports, asker, typed.word)
        if isinstance(gone, Ending):
            _note_refused(services, asker, gone, "unalias")
            return unanswered("unalias", typed.word, gone)
        if gone is None:
            aliases = services.ports.aliases.of_channel(asker.workspace, asker.channel)
            return no_alias(typed.word, [alias.word for alias in aliases])
        return alias_removed(gone)

    return answered(answer)


def _note_refused(services: Services, asker: Asker, ending: Ending, wanted: str) -> None:
    if ending.kind is Kind.NOT_ALLOWED:
        note_refused(services, asker.workspace, asker.user, wanted, asker.channel)
