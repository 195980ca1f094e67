"""Parse the text after `/phantom` into an object that says what to do."""

from phantombot.commands import REGISTRY, names, specs
from phantombot.commands.help import HELP, Help
from phantombot.commands.key import KeyTyped, begins_with_a_key
from phantombot.commands.spec import other_words
from phantombot.errors import UsageError
from phantombot.text.nearest import unknown_command
from phantombot.text.normalize import folded
from phantombot.text.tokens import each_word, first_word

_HELP_FLAGS = frozenset(map(folded, ("-h", "-help", "--help")))
_NAMES, _OTHERS = names(), other_words(specs())
_BY_NAME = {subcommand.spec.name: subcommand for subcommand in REGISTRY}


def parse(text: str) -> object:
    """Parse `text`, typed after `/phantom`; return an object of a class that is in `ACTIONS`.

    Raises:
        UsageError: it can't be understood.
    """
    if "\0" in text:
        raise UsageError("That line holds a NUL, which no keyboard types. Type it again.")
    word, rest = first_word(text)
    if not word or _asks_for_help([word]):
        return Help(None)
    wanted = folded(word)
    name = _OTHERS.get(wanted, wanted)
    subcommand = _BY_NAME.get(name)
    if subcommand and _asks_for_help(each_word(rest)):
        return Help(None if name == HELP else name)
    if subcommand:
        return subcommand.read(rest)
    if begins_with_a_key(wanted):
        return KeyTyped()
    raise UsageError(unknown_command(text, _NAMES, _OTHERS))


def _asks_for_help(words: list[str]) -> bool:
    """Return whether a flag for help follows the command, or is the last word."""
    asked = [*map(folded, words[:1] + words[-1:])]
    return asked[:1] == ["?"] or not _HELP_FLAGS.isdisjoint(asked)
