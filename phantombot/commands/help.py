"""`help`: what the registry says of its subcommands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from phantombot.commands.permission import Anyone
from phantombot.commands.spec import Action, CommandSpec, Subcommand, other_words
from phantombot.context import Context
from phantombot.errors import UsageError
from phantombot.messages.blocks import Message
from phantombot.messages.commands import help_message
from phantombot.slack.payload import Invocation
from phantombot.text.nearest import unknown_topic
from phantombot.text.normalize import folded
from phantombot.text.tokens import first_word

HELP = "help"
_SPEC = CommandSpec(
    HELP,
    "help [command]",
    "explains all commands, or one of them",
    "help launch",
    who=Anyone(),
)


@dataclass(frozen=True)
class Help:
    """Explain one subcommand, or all where `topic` is None."""

    topic: str | None


def read_help(text: str, specs: Sequence[CommandSpec]) -> Help:
    """Return what `text`, typed after `help`, asks for.

    Raises:
        UsageError: it names none of the subcommands.
    """
    names, others = [spec.name for spec in specs], other_words(specs)
    word = folded(first_word(text)[0])
    topic = others.get(word, word)
    if topic and topic not in names:
        raise UsageError(unknown_topic(topic, names, others))
    return Help(topic or None)


def help_subcommand(specs: Callable[[], Sequence[CommandSpec]]) -> Subcommand:
    """Return the subcommand that explains all `specs`, its own among them."""

    def explain(_context: Context, _invocation: Invocation, asked: Help) -> Message:
        return help_message(specs(), asked.topic)

    action = Action(_SPEC.who, explain, at_once=True, says_nothing_done=False)
    return Subcommand(_SPEC, lambda text: read_help(text, specs()), {Help: action})
