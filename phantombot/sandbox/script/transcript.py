"""The channel as text: who said what, and how messages were edited over time."""

import re
from collections.abc import Callable, Iterable, Iterator

from phantombot.sandbox.slack.block_kit.rules import elements
from phantombot.sandbox.slack.values import BOT, CHANNELS, PEOPLE, Block, Message, View

_NAMES = {person.id: person.name for person in PEOPLE}
_CHANNELS = {channel.id: channel for channel in CHANNELS}
_HERE = "C0GENERAL"
"""The channel whose name is not printed."""
_MARGIN = 13
"""The width of the speaker's column: the bot's name and spaces."""
_REFERENCES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"```"), lambda _: ""),
    (re.compile(r"<#(\w+)(?:\|[^>]*)?>"), lambda found: f"#{_channel(found[1])}"),
    (re.compile(r"<@(\w+)>"), lambda found: f"@{_NAMES.get(found[1], found[1])}"),
    (re.compile(r"<[^<>|]+\|([^<>]+)>"), lambda found: str(found[1])),
    (re.compile(r"<([^<>]+)>"), lambda found: str(found[1])),
    (re.compile(r"(?<!\w)\*([^*\n]+)\*(?!\w)"), lambda found: str(found[1])),
)


def _channel(channel_id: str) -> str:
    return _CHANNELS[channel_id].name if channel_id in _CHANNELS else channel_id


class Transcript:
    """A record of every state of every message, some of which are printed.

    Printed are the first state of each message, the states that were waited for, and the last.
    Those in between depend on the speed of the machine, and are left out.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.answers = 0
        """The number of messages from the bot, and of changes to ephemeral ones."""
        self._states: list[Message] = []
        self._printed: dict[str, int] = {}
        """The index in the list of the state last printed, by ts."""
        self._speaker = ""

    @property
    def length(self) -> int:
        """Return the number of states recorded."""
        return len(self._states)

    def hear(self, message: Message) -> None:
        """Record a message from the bot; what people say is printed when they say it."""
        if message.author == BOT:
            self._states.append(message)
            self.answers += not message.edits or message.user is not None

    def print_typed(self, user: str, text: str) -> None:
        """Print what somebody types or does."""
        self._print(_NAMES[user], text, anew=True)

    def print_new(self) -> None:
        """Print every new message; replies in threads wait until the end."""
        for place, state in enumerate(self._states):
            if state.ts not in self._printed and not state.thread_ts:
                self._print_state(place)

    def print_said(self, text: str) -> bool:
        """Print the first unprinted state that says `text`; return whether there is one."""
        self.print_new()
        for place, state in enumerate(self._states):
            if text in readable(state.text) and place >= self._printed.get(state.ts, -1):
                if place != self._printed.get(state.ts):
                    self._print_state(place)
                return True
        return False

    def print_rest(self) -> None:
        """Print the current state of every message, unless it was printed already.

        Don't print that an acknowledgement was deleted.
        """
        self.print_new()
        final = {state.ts: place for place, state in enumerate(self._states)}
        for ts, place in sorted(final.items(), key=lambda one: one[1]):
            if self._states[place].deleted and self._states[place].user:
                continue
            before = self._printed.get(ts)
            if before is None or _shown(self._states[before]) != _shown(self._states[place]):
                self._print_state(place)

    def print_view(self, view: View) -> None:
        """Print a form or a Home tab, with its errors."""
        self._print(_NAMES[BOT], "\n".join(lines_of(view)))

    def _print_state(self, place: int) -> None:
        state = self._states[place]
        self._printed[state.ts] = place
        told = ", ".join(_whereabouts(state))
        self._print(_NAMES[BOT], f"({told}) {_shown(state)}" if told else _shown(state))

    def _print(self, speaker: str, text: str, *, anew: bool = False) -> None:
        named = anew or speaker != self._speaker
        if named and self._speaker:
            self._say("")
        self._speaker = speaker
        for number, line in enumerate(text.splitlines() or [""]):
            margin = speaker if named and not number else ""
            self._say(f"{margin:{_MARGIN}}{line}".rstrip())


def _whereabouts(message: Message) -> Iterator[str]:
    """Yield where the message is and who sees it, unless it is public in the main channel."""
    channel = _CHANNELS.get(message.channel)
    if channel is None or channel.person:
        yield f"to {_NAMES['U' + message.channel[1:]]} alone"
        return
    if channel.id != _HERE:
        yield f"in #{channel.name}"
    if message.user:
        yield f"only {_NAMES[message.user]} sees this"


def readable(text: str) -> str:
    """Return Slack's text without markup: names instead of ids, and no asterisks."""
    for pattern, plain in _REFERENCES:
        text = pattern.sub(plain, text)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


def buttons(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """Yield each button's label and action id."""
    for block in blocks:
        for element in elements(block):
            if element["type"] == "button":
                yield element["text"]["text"], element["action_id"]


def _shown(message: Message) -> str:
    """Return what a message says, with its buttons, its files, and a mark if it is a reply."""
    if message.deleted:
        return "(deleted)"
    files = [f"📎 {file.name}, {len(file.content):,} bytes" for file in message.files]
    said = "\n".join([*filter(None, [readable(message.text)]), *files])
    first, _, more = said.partition("\n")
    pressed = " ".join(f"[{label}]" for label, _ in buttons(message.blocks))
    whole = "\n".join(filter(None, [f"{first}  {pressed}".rstrip(), more]))
    return "└ " + whole.replace("\n", "\n  ") if message.thread_ts else whole


def lines_of(view: View) -> Iterator[str]:
    """Yield a form or a Home tab line by line: title, text, inputs and buttons."""
    yield f"[{(view.view.get('title') or {}).get('text', 'Home')}]"
    blocks = view.view["blocks"]
    for block in blocks:
        text = block.get("text") or block.get("label")
        if isinstance(text, dict):
            yield readable(text["text"])
        if block["block_id"] in view.errors:
            yield f"  ⚠ {view.errors[block['block_id']]}"
    labels = [f"[{label}]" for label, _ in buttons(blocks)]
    if labels:
        yield " ".join(labels)
