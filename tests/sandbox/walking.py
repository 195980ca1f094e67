"""A walk over all that the bot shows: whatever can be pressed is found by looking, and pressed."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from patience import PATIENCE, becomes

from phantombot.sandbox.page.visible import seen_by
from phantombot.sandbox.slack.block_kit.rules import elements
from phantombot.sandbox.slack.values import BOT
from phantombot.sandbox.trial import Trial

Block = dict[str, Any]
Sign = tuple[str, ...]
"""What an element is known by, wherever it stands: pressed once, it is not pressed again."""

OF_ITS_OWN = {
    "users_select": "U0MAX",
    "multi_users_select": "U0MAX",
    "channels_select": "C0PAYLOAD",
    "multi_channels_select": "C0PAYLOAD",
    "conversations_select": "C0PAYLOAD",
    "multi_conversations_select": "C0PAYLOAD",
    "datepicker": "2026-12-24",
    "timepicker": "22:00",
    "number_input": "3",
}
ANSWERED = ("button", "overflow")
"""What must have a visible answer; in a menu or a box, the choice itself is seen."""
LETTERS = ("l", "li", "lin", "hel")


@dataclass(frozen=True)
class Pressable:
    """Something on the page that can be pressed or chosen; `value` is an option of it."""

    place: str
    target: dict[str, str]
    block: Block
    element: Block
    value: str | None = None

    @property
    def sign(self) -> Sign:
        label = self.element.get("text", {}).get("text", "")
        option = self.value or ""
        words = (self.place, self.element["type"], self.element["action_id"], label, option)
        return tuple(re.sub(r"\d+", "0", word) for word in words)

    @property
    def is_final(self) -> bool:
        """Return whether it looks as if it removes other things to press."""
        return self.element.get("style") == "danger"


class Walk:
    """Ada's walk through one sandbox after the other, of the same scene."""

    def __init__(self, user: str = "U0ADA") -> None:
        self.user = user
        self.met: set[Sign] = set()
        self.pressed: set[Sign] = set()
        self._now: set[Sign] = set()
        """What was pressed in this sandbox."""
        self._rounds: list[set[Sign]] = []
        """What was seen in each sandbox."""
        self._stayed: set[Sign] = set()
        """What was still there at the end, in any sandbox."""

    @property
    def left(self) -> set[Sign]:
        """Return what was seen but couldn't be pressed, since something else removed it."""
        return self.met - self.pressed

    @property
    def unpressable(self) -> set[Sign]:
        """Return what was seen in every sandbox, but couldn't be pressed in any.

        Some things are seen by chance, and a message's may be gone before they are pressed, since
        a run goes on only for a moment.
        """
        seen = self.left & set.intersection(*self._rounds)
        return {sign for sign in seen if sign[0] != "message" or sign in self._stayed}

    def through(self, trial: Trial) -> None:
        """Press all that there is once, until there is nothing new to press.

        What an earlier walk left is pressed as soon as it is there again; that leads to it.
        """
        self.trial, self._now, again = trial, set(), bool(self.left)
        self._rounds.append(set())
        while self.left or not again:
            found = self._new()
            if found:
                found.sort(key=lambda one: (one.sign not in self.left, one.is_final))
                self._press(found[0])
            elif not self._leave():
                break
        self._stayed |= {one.sign for one in self._pressable()}

    def finds(self, trial: Trial) -> bool:
        """Return whether there is anything to press."""
        self.trial = trial
        return any(self._pressable())

    def _new(self) -> list[Pressable]:
        """Return what can be pressed now: in the form that is open, or else anywhere."""
        found = list(self._pressable())
        self._met(*(one.sign for one in found))
        return [one for one in found if one.sign not in self._now]

    def _pressable(self) -> Iterator[Pressable]:
        view, home = self._seen("view"), self._seen("home")
        if view:
            name = view["view"]["callback_id"] or view["view"]["title"]["text"]
            yield from _in(f"form {name}", {"view_id": view["id"]}, view["view"]["blocks"])
            return
        for message in self._messages():
            if message["author"] == BOT and not message["deleted"]:
                yield from _in("message", {"ts": message["ts"]}, message["blocks"])
        if home:
            yield from _in("home", {"view_id": home["id"]}, home["view"]["blocks"])

    def _press(self, one: Pressable) -> None:
        self.pressed.add(one.sign)
        self._now.add(one.sign)
        kind, target = one.element["type"], one.target | {"block_id": one.block["block_id"]}
        busy, home = self.trial.busy(), one.place == "home"
        before = self._picture(busy=busy, home=home)
        asked = {**target, "action_id": one.element["action_id"], "user": self.user}
        if one.block["type"] == "input" and not one.block.get("dispatch_action"):
            return  # the bot hears of it when the form is sent
        answer = self._do("press", asked | {"value": self._choice(one.block, one.element, one)})
        if answer["error"] and one not in self._pressable():
            self.pressed.remove(one.sign)  # an edit took it away a moment before
            return
        assert answer["error"] is None, (one.sign, answer)
        assert answer["status"] == 200, (one.sign, answer)
        if kind in ANSWERED and "url" not in one.element:
            self._sees_change(before, one.sign, busy=busy, home=home)

    def _met(self, *signs: Sign) -> None:
        self.met |= set(signs)
        self._rounds[-1] |= set(signs)

    def _leave(self) -> bool:
        """Send or close the form that is open; False if there is none."""
        view = self._seen("view")
        if view is None:
            return False
        before, name = self._picture(busy=True), view["view"]["callback_id"]
        sent = ("sent", name)
        if not view["view"]["submit"] or sent in self._now:
            self._do("close", {"view_id": view["id"]})
        else:
            self._met(sent)
            self.pressed.add(sent)
            self._now.add(sent)
            answer = self._do("submit", {"view_id": view["id"], "values": self._filled(view)})
            assert answer["error"] is None, (sent, answer)
        self._sees_change(before, sent, busy=True)
        return True

    def _filled(self, view: Block) -> dict[str, Any]:
        """Return a value for each field that holds none yet."""
        state, values = view["view"]["state"]["values"], {}
        for block in view["view"]["blocks"]:
            if block["type"] == "input":
                held = state[block["block_id"]][block["element"]["action_id"]]
                kept = [value for name, value in held.items() if name != "type" and value]
                if not kept:
                    target = Pressable("form", {"view_id": view["id"]}, block, block["element"])
                    values[block["block_id"]] = self._choice(block, block["element"], target)
        return values

    def _choice(self, block: Block, element: Block, one: Pressable) -> str | None:
        """Return what is chosen in a menu or typed into a field; None for a button."""
        if one.value is not None or element["type"] == "button":
            return one.value
        if element["type"].endswith("external_select"):
            return self._offered(block, element, one)
        if element["type"] in OF_ITS_OWN:
            return OF_ITS_OWN[element["type"]]
        options = _options(element)
        if options:
            return str(options[-1]["value"])
        return self.trial.phantombuster.key if "key" in block["block_id"] else '{"pages": 3}'

    def _offered(self, block: Block, element: Block, one: Pressable) -> str:
        """Type some letters, and return the first option that the bot offers."""
        asked = {**one.target, "block_id": block["block_id"], "action_id": element["action_id"]}
        for letters in LETTERS:
            offered = self._do("suggest", {**asked, "typed": letters, "user": self.user})
            groups = offered.get("option_groups") or [offered]
            options = [option for group in groups for option in group.get("options", ())]
            if options:
                return str(options[0]["value"])
        raise AssertionError(f"the menu {element['action_id']} offers nothing for {LETTERS}")

    def _sees_change(self, before: Any, sign: Sign, *, busy: bool, home: bool = False) -> None:
        seen = becomes(lambda: self._picture(busy=busy, home=home) != before)
        assert seen, f"nothing happened that can be seen: {sign}"
        said = json.dumps([one["blocks"] or one["text"] for one in self._messages()])
        said += json.dumps([self._seen("view"), self._seen("home")])
        assert "(reference " not in said, (sign, said)

    def _picture(self, *, busy: bool, home: bool = False) -> Any:
        """Return what the page shows, with Home if asked; while busy, only what doesn't change."""
        messages = [
            (one["ts"], one["deleted"], _shown(one, alone=busy and one["user"] is None))
            for one in self._messages()
        ]
        view, shown = self._seen("view"), self._seen("home")
        looks = view and (view["id"], view["view"]["hash"], view["errors"])
        blocks = shown["view"]["blocks"] if shown and home else []
        return messages, looks, [one | {"block_id": ""} for one in blocks]

    def _messages(self) -> list[Block]:
        slack = self.trial.slack
        with slack._workspace.bell:
            channels = [one.id for one in slack._workspace.channels.values()]
        return [one for channel in channels for one in self._seen("messages", channel)]

    def _seen(self, what: str, channel: str = "C0GENERAL") -> Any:
        with self.trial.slack._workspace.bell:
            return seen_by(self.trial.slack._workspace, self.user, channel)[what]

    def _do(self, action: str, asked: Block) -> Any:
        """Ask for it as the page does."""
        port = urlsplit(self.trial.slack.url).port
        with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as server:
            kind = {"Content-Type": "application/json"}
            server.request("POST", f"/_page/{action}", json.dumps(asked), kind)
            return json.load(server.getresponse())


def _in(place: str, target: dict[str, str], blocks: list[Block]) -> Iterator[Pressable]:
    """Yield what can be pressed, the last of those alike first: a list's rows differ by block."""
    for block in reversed(blocks):
        for element in elements(block):
            options = _options(element) if element["type"] == "overflow" else [{"value": None}]
            for option in options:
                yield Pressable(place, target, block, element, option["value"])


def _options(element: Block) -> list[Block]:
    groups = [element, *element.get("option_groups", [])]
    return [option for group in groups for option in group.get("options", [])]


def _shown(message: Block, *, alone: bool) -> Any:
    """Return what a message says; of a public one that may change `alone`, only its buttons."""
    if not alone:
        return message["text"], message["blocks"]
    return [one["action_id"] for block in message["blocks"] for one in elements(block)]
