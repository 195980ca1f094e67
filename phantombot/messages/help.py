"""The text of `help`: a line for each command that the reader can use, or details of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from phantombot import __version__
from phantombot.access.rules import Denial
from phantombot.messages.blocks import Message, capitalized, context, neutral, sections
from phantombot.messages.commands import CommandHelp, Group
from phantombot.messages.refusals import why_not

_ENGINES = ((" [casperjs|phantomjs]", ""), (" casperjs", ""), ("command and argument", "argument"))
"""Words about engines, and their replacements for accounts that have none."""
_DIRECT = (
    "You need no `/phantom` here. Runs that you launch here are posted here, where only you read"
    " them. For a form I post a button that opens it."
)
_ENGINE_LINE = (
    "*casperjs*, *phantomjs*: the engine that runs the script. Leave it out, unless your script"
    " needs one, or the argument is a plain number or text."
)
_SAVED_LINE = (
    "*Saved settings*: without {parts}, the agent's settings at Phantombuster apply. `--save` saves"
    " what you type there."
)
_LAUNCH_LINES = (
    "*Agent*: its id, its name or the beginning of one, or a short name (`alias`). No quotes.",
    "*Argument*: JSON or `key=value` pairs; `key:=` is for numbers and lists.",
)
_SALES_DAY = (
    (
        "This morning's search:",
        "launch LinkedIn Search url=https://linkedin.com/search/cto pages=3",
    ),
    ("The same as yesterday, with the saved settings:", "launch LinkedIn Search"),
    ("20 invitations a day from now on:", 'launch Auto Connect --save {"perDay": 20}'),
)


@dataclass(frozen=True)
class Reader:
    """The person who asks for help, and where."""

    user: str = ""
    prefix: str = "/phantom"
    """What is typed before a command there."""
    direct: bool = False
    """Asked in a direct message to the bot."""
    engines: bool = True
    """The account's agents accept `casperjs` and `phantomjs`."""
    key_owner: str = ""
    """Slack's id of whoever stored the key; empty if none is stored."""
    withheld: Denial | None = None
    """Why they can't launch here."""
    reads: bool = True
    """Whether they can see runs and results."""


def help_message(commands: Sequence[CommandHelp], reader: Reader) -> Message:
    """List the commands that the reader can use, by group."""
    groups = [(group, [one for one in commands if one.group is group]) for group in Group]
    lists = [_listed(group, members, reader) for group, members in groups if members]
    return _signed([_introduction(reader), *lists], reader)


def help_on(command: CommandHelp, reader: Reader, withheld: str = "") -> Message:
    """Explain one command with an example; `withheld` says why the reader can't use it."""
    shown = command if reader.engines else without_engines(command)
    usage, example = (_code(reader, text) for text in (shown.usage, shown.example))
    texts = ["\n".join([f"*{usage}*", _here(_sentence(shown.does), reader)])]
    if shown.name == "launch":
        texts += _launch_explained(reader)
    elif shown.example != shown.usage:
        texts.append(f"For example: {example}")
    if withheld:
        texts.append(_sentence(withheld))
    return _signed(texts, reader)


def without_engines(command: CommandHelp) -> CommandHelp:
    """Return the help on a command for accounts whose agents choose their own engine."""
    return CommandHelp(
        command.name,
        *(said_without_engines(text) for text in (command.usage, command.does, command.example)),
        group=command.group,
        brief=command.brief,
    )


def said_without_engines(text: str) -> str:
    """Return our own words about a command, for accounts whose agents choose their own engine."""
    for about_engines, instead in _ENGINES:
        text = text.replace(about_engines, instead)
    return text


def _introduction(reader: Reader) -> str:
    lines = ["I launch Phantombuster agents and follow each run to its end."]
    if reader.withheld is not None:
        lines.append(_here(_sentence(why_not(reader.withheld)), reader))
    else:
        lines[0] += f" Try {_code(reader, 'launch LinkedIn Search')}."
        lines += [_DIRECT] if reader.direct else []
    return "\n".join(lines)


def _listed(group: Group, commands: Sequence[CommandHelp], reader: Reader) -> str:
    lines = (f"`{command.name}` {_here(command.brief, reader)}" for command in commands)
    return "\n".join([f"*{group}*", *lines])


def _launch_explained(reader: Reader) -> list[str]:
    parts = "command and argument" if reader.engines else "an argument"
    engine = (_ENGINE_LINE,) if reader.engines else ()
    lines = (_LAUNCH_LINES[0], *engine, _LAUNCH_LINES[1], _SAVED_LINE.format(parts=parts))
    examples = (f"{what}\n{_code(reader, line)}" for what, line in _SALES_DAY)
    return ["\n".join(f"• {line}" for line in lines), "\n".join(["*A day in sales*", *examples])]


def _signed(texts: Sequence[str], reader: Reader) -> Message:
    """Return the texts as sections, with the version and where to get help in small print."""
    whole = sections(*texts)
    signature = f"phantombot {__version__} · {_where_to_ask(reader)}"
    return Message(f"{whole.text}\n{signature}", (*whole.blocks, context(signature)))


def _where_to_ask(reader: Reader) -> str:
    if not reader.reads:
        return "Questions? Ask an admin of this workspace."
    doctor = f"Trouble? {_code(reader, 'doctor')}"
    if not reader.key_owner:
        return f"{doctor}, then ask an admin of this workspace."
    if reader.key_owner == reader.user:
        return f"{doctor}. You stored the key, so others are sent to you."
    return f"{doctor}, then ask <@{reader.key_owner}>, who stored the key."


def _code(reader: Reader, line: str) -> str:
    return f"`{reader.prefix} {neutral(line)}`" if reader.prefix else f"`{neutral(line)}`"


def _here(text: str, reader: Reader) -> str:
    return text.replace("this channel", "this conversation") if reader.direct else text


def _sentence(text: str) -> str:
    """Return the text with a capital at its beginning and a full stop at its end."""
    return capitalized(text).removesuffix(".") + "."
