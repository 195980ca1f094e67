"""The channel as text: who said what, and how a message was edited as time went on."""

import re
from collections.abc import Callable, Iterable, Iterator

from phantombot.sandbox.slack.block_kit.rules import elements
from phantombot.sandbox.slack.values import BOT, CHANNELS, PEOPLE, Block, Message, View

_NAMES = {person.id: person.name for person in PEOPLE}
_CHANNELS = {channel.id: channel for channel in CHANNELS}
_HERE = "C0GENERAL"
"""The channel whose name is not said."""
_MARGIN = 13
"""Characters before what is said; as wide as the bot's name, and a space."""
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
    """Hears every state of every message, and prints some of them.

    Those are how each message was first, what was waited for, and what stands there in the end.
    What comes in between depends on how fast the machine is, and is left out.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.answers = 0
        """How many messages of the bot's were heard, and how often one for a user alone changed."""
        self._states: list[Message] = []
        self._printed: dict[str, int] = {}
        """By ts, the place in the list of what was printed of a message."""
        self._speaker = ""

    @property
    def length(self) -> int:
        """How many states were heard."""
        return len(self._states)

    def hear(self, message: Message) -> None:
        """Note a message of the bot's as it stands now; what people say is printed as they do."""
        if message.author == BOT:
            self._states.append(message)
            self.answers += not message.edits or message.user is not None

    def print_typed(self, user: str, text: str) -> None:
        """Print what somebody types or does."""
        self._print(_NAMES[user], text, anew=True)

    def print_new(self) -> None:
        """Print every message that is new; replies in threads wait for the end."""
        for place, state in enumerate(self._states):
            if state.ts not in self._printed and not state.thread_ts:
                self._print_state(place)

    def print_said(self, text: str) -> bool:
        """Print the first state, not yet printed, that says this; whether there is one."""
        self.print_new()
        for place, state in enumerate(self._states):
            if text in readable(state.text) and place >= self._printed.get(state.ts, -1):
                if place != self._printed.get(state.ts):
                    self._print_state(place)
                return True
        return False

    def print_rest(self) -> None:
        """Print what stands there now and was not printed yet."""
        self.print_new()
        final = {state.ts: place for place, state in enumerate(self._states)}
        for ts, place in sorted(final.items(), key=lambda one: one[1]):
            before = self._printed.get(ts)
            if before is None or _shown(self._states[before]) != _shown(self._states[place]):
                self._print_state(place)

    def print_view(self, view: View) -> None:
        """Print a form or a Home tab, and what it was told is wrong."""
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
    """Where it stands, and who alone sees it, unless everybody does in the first channel."""
    channel = _CHANNELS.get(message.channel)
    if channel is None or channel.person:
        yield f"to {_NAMES['U' + message.channel[1:]]} alone"
        return
    if channel.id != _HERE:
        yield f"in #{channel.name}"
    if message.user:
        yield f"only {_NAMES[message.user]} sees this"


def readable(text: str) -> str:
    """Slack's text without its marks: names for ids, and no asterisks."""
    for pattern, plain in _REFERENCES:
        text = pattern.sub(plain, text)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


def buttons(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """What stands on each button, and its action."""
    for block in blocks:
        for element in elements(block):
            if element["type"] == "button":
                yield element["text"]["text"], element["action_id"]


def _shown(message: Message) -> str:
    """What a message says, with its buttons, its files, and that it is a reply."""
    if message.deleted:
        return "(deleted)"
    files = [f"📎 {file.name}, {len(file.content):,} bytes" for file in message.files]
    said = "\n".join([*filter(None, [readable(message.text)]), *files])
    first, _, more = said.partition("\n")
    pressed = " ".join(f"[{label}]" for label, _ in buttons(message.blocks))
    whole = "\n".join(filter(None, [f"{first}  {pressed}".rstrip(), more]))
    return "└ " + whole.replace("\n", "\n  ") if message.thread_ts else whole


def lines_of(view: View) -> Iterator[str]:
    """A form or a Home tab: its title, what it says and asks for, its buttons."""
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
