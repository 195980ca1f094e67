"""`help`: explain the subcommands of the registry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from phantombot.commands.permission import Anyone, Rights, rights_of
from phantombot.commands.spec import Action, CommandSpec, Subcommand, known_key_note, other_words
from phantombot.context import Context
from phantombot.errors import UsageError
from phantombot.messages.blocks import Message
from phantombot.messages.commands import Group
from phantombot.messages.help import Reader, help_message, help_on
from phantombot.phantombuster.account import takes_engines
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
    group=Group.HELP,
    brief="explains a command: `help launch`",
    who=Anyone(),
)


@dataclass(frozen=True)
class Help:
    """Explain one subcommand, or all if `topic` is None."""

    topic: str | None


def read_help(text: str, specs: Sequence[CommandSpec]) -> Help:
    """Parse `text`, typed after `help`.

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

    def explain(context: Context, invocation: Invocation, asked: Help) -> Message:
        rights = rights_of(context, invocation.asker)
        reader = _reader(context, invocation, rights)
        if asked.topic is None:
            return help_message([one for one in specs() if not one.who.withheld(rights)], reader)
        spec = next(one for one in specs() if one.name == asked.topic)
        return help_on(spec, reader, spec.who.withheld(rights))

    return Subcommand(
        _SPEC, lambda text: read_help(text, specs()), {Help: Action(_SPEC.who, explain)}
    )


def _reader(context: Context, invocation: Invocation, rights: Rights) -> Reader:
    asker, note = invocation.asker, known_key_note(context, invocation.asker.workspace)
    direct = invocation.written and asker.channel.startswith("D")
    prefix = "@phantombot" if invocation.written else "/phantom"
    return Reader(
        user=asker.user,
        prefix="" if direct else prefix,
        direct=direct,
        engines=takes_engines(note),
        key_owner=note.stored_by if note is not None else "",
        withheld=rights.acting,
        reads=rights.reading is None,
    )
