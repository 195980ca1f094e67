"""The text after a subcommand that takes an agent and nothing else → the agent as typed."""

from dataclasses import dataclass

from phantombot.errors import UsageError
from phantombot.messages.commands import CommandHelp
from phantombot.text.normalize import in_ascii_digits
from phantombot.text.tokens import FLAG, LIKE_ARGUMENT, NAME_QUOTES, each_word, quoted_name


@dataclass(frozen=True)
class NamedAgent:
    """An agent as typed; `quoted` tells a name in quotes from an id or bare words."""

    agent: str
    quoted: bool


def read_agent(text: str, spec: CommandHelp) -> NamedAgent | None:
    """Return the agent that `text`, typed after the command, names; None if there is no text.

    Nothing follows the name, so a name of several words needs no quotes.

    Raises:
        UsageError: it names none, or more follows.
    """
    words = each_word(text)
    if not words:
        return None
    if words[0].startswith(NAME_QUOTES):
        name, rest = agent_in_quotes(text, spec)
        if rest:
            raise UsageError(_no_more(spec))
        return NamedAgent(name, quoted=True)
    strange = any(FLAG.match(word) or LIKE_ARGUMENT.match(word) for word in words)
    if strange or (len(words) > 1 and words[0].isdecimal()):
        raise UsageError(_no_more(spec))
    return NamedAgent(in_ascii_digits(" ".join(words)), quoted=False)


def required_agent(text: str, spec: CommandHelp) -> NamedAgent:
    """Return the agent that `text`, typed after the command, names.

    Raises:
        UsageError: it names none, or more follows.
    """
    named = read_agent(text, spec)
    if named is None:
        raise UsageError(spec.explained("Which agent?"))
    return named


def agent_in_quotes(text: str, spec: CommandHelp) -> tuple[str, str]:
    """Return the name in quotes that `text` begins with, and what follows it.

    Raises:
        UsageError: the quotes are not closed, or there is nothing between them.
    """
    found = quoted_name(text)
    if not found:
        raise UsageError("The quote before the agent's name is not closed by one and a space.")
    if not found[0]:
        raise UsageError(spec.explained("Between the quotes there is no agent's name."))
    return found


def _no_more(spec: CommandHelp) -> str:
    # Don't repeat what was typed: it may be an argument, with secrets in it.
    return spec.explained(
        f"`{spec.name}` takes one agent and nothing else; quotes hold any name together."
    )
