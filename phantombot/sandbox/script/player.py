"""Play a script line by line, and print the channel."""

import time
from collections.abc import Callable, Iterator
from functools import partial

from phantombot.sandbox.script.lines import (
    Awaited,
    Closed,
    Entered,
    Line,
    Opened,
    Pressed,
    Step,
    Submitted,
    Typed,
    Used,
)
from phantombot.sandbox.script.transcript import Transcript, buttons, lines_of
from phantombot.sandbox.slack import LocalSlack, Message, View
from phantombot.sandbox.slack.values import Block

ANSWERED_WITHIN = 5.0
"""Seconds to wait for the first answer to a line; without one the script goes on."""
AWAITED_WITHIN = 60.0
SILENT = 5.0
"""Seconds of silence after which the player stops waiting for a run."""
QUIET = 0.3
"""Seconds of silence after which no further answer is expected."""


class Player:
    """Plays lines in a local Slack; `busy` returns whether the bot is following a run."""

    def __init__(self, slack: LocalSlack, transcript: Transcript, busy: Callable[[], bool]) -> None:
        self._slack = slack
        self._transcript = transcript
        self._busy = busy
        self._shown: dict[str, list[str]] = {}
        """The views as last printed, by id."""

    def play(self, lines: list[Line]) -> str | None:
        """Play all lines and wait for the last answers; return a sentence if a line
        can't be played.
        """
        for line in lines:
            try:
                self._do(line.step)
            except (LookupError, ValueError, TimeoutError) as error:
                self._transcript.print_rest()
                return f"Line {line.number} of the script: {error.args[0]}"
        self._settle()
        self._transcript.print_rest()
        return None

    def _do(self, step: Step) -> None:
        heard = self._transcript.answers
        match step:
            case Awaited(text):
                self._await(text)
                return
            case Typed(user, channel, text):
                self._type(user, channel, text)
            case Pressed(user, label):
                self._press(user, label)
            case Entered(user, label, value):
                self._enter(user, label, value)
                return
            case Submitted(user):
                self._submit(user)
            case Closed(user):
                self._close(user)
                return
            case Opened(user):
                self._transcript.print_typed(user, "(opens the Home tab)")
                self._slack.open_home(user)
            case Used(user, callback_id):
                self._transcript.print_typed(user, f"(uses {callback_id})")
                self._slack.shortcut(callback_id, user=user)
        self._wait_for_an_answer(heard)

    def _type(self, user: str, channel: str, text: str) -> None:
        self._transcript.print_typed(user, text)
        command, _, rest = text.partition(" ")
        if not command.startswith("/"):
            self._slack.write(text, user=user, channel=channel)
            return
        delivery = self._slack.command(rest.strip(), user=user, channel=channel, command=command)
        if delivery.error:
            raise LookupError(f"{command} failed with the error {delivery.error}.")

    def _press(self, user: str, label: str) -> None:
        for place in self._pressable(user):
            blocks = place.view["blocks"] if isinstance(place, View) else place.blocks
            action_id = dict(buttons(blocks)).get(label)
            if action_id:
                self._transcript.print_typed(user, f"[{label}]")
                self._slack.press(place, action_id, user=user)
                return
        raise LookupError(f"there is no button “{label}” to press.")

    def _pressable(self, user: str) -> Iterator[Message | View]:
        """Yield what has buttons for a user: only the open form, or else messages, newest first."""
        form = self._form(user)
        if form is not None:
            yield form
            return
        home = self._slack.home(user)
        private = self._slack.ephemerals(user)
        seen = [*self._slack.said_to(user), *private]
        yield from sorted(seen, key=lambda one: one.ts, reverse=True)
        if home is not None:
            yield home

    def _enter(self, user: str, label: str, value: str) -> None:
        form = self._open_form(user)
        for block in form.view["blocks"]:
            if (block.get("label") or {}).get("text") == label:
                self._transcript.print_typed(user, f"({label}: {value})")
                self._slack.enter(form, {block["block_id"]: self._chosen(form, block, value)})
                return
        raise LookupError(f"there is no field “{label}” to fill in.")

    def _chosen(self, form: View, block: Block, value: str) -> str:
        """Return the value of the option that reads `value` in the menu."""
        element = block["element"]
        if element["type"].endswith("external_select"):
            offered = list(self._slack.suggest(form, element["action_id"], value).options)
        else:
            groups = [element, *element.get("option_groups", [])]
            offered = [option for group in groups for option in group.get("options", [])]
        named = [one["value"] for one in offered if value in (one["text"]["text"], one["value"])]
        return named[0] if named else value

    def _submit(self, user: str) -> None:
        form = self._open_form(user)
        self._transcript.print_typed(user, f"[{(form.view['submit'] or {}).get('text', 'Close')}]")
        self._shown.pop(form.id, None)
        self._slack.submit(form, {}, user=user)

    def _close(self, user: str) -> None:
        form = self._open_form(user)
        self._transcript.print_typed(user, "(closes the form)")
        self._slack.close(form, user=user)

    def _open_form(self, user: str) -> View:
        form = self._form(user)
        if form is None:
            raise LookupError("no form is open.")
        return form

    def _form(self, user: str) -> View | None:
        return next((one for one in reversed(self._slack.views()) if one.user == user), None)

    def _wait_for_an_answer(self, heard: int) -> None:
        """Wait for the first answer, then until no other follows at once."""
        self._wait(partial(self._has_more, heard))
        self._wait_for_quiet()
        self._transcript.print_new()

    def _show(self, view: View) -> None:
        self._shown[view.id] = list(lines_of(view))
        self._transcript.print_view(view)

    def _is_said(self, text: str) -> bool:
        """Return whether a message or a view says it; print it if so."""
        for view in self._new_views():
            self._show(view)
        shown = (line for view in self._views() for line in self._shown[view.id])
        return self._transcript.print_said(text) or any(text in line for line in shown)

    def _wait_for_quiet(self) -> None:
        """Wait until no message or view is new for a moment; print the views."""
        heard = -1
        while heard < self._transcript.answers or self._new_views():
            heard = self._transcript.answers
            for view in self._new_views():
                self._show(view)
            self._wait(partial(self._has_more, heard), QUIET)

    def _has_more(self, heard: int) -> bool:
        return self._transcript.answers > heard or self._new_views() != []

    def _wait(self, until: Callable[[], bool], seconds: float = ANSWERED_WITHIN) -> bool:
        return self._slack.wait_for(lambda _: until(), seconds)

    def _views(self) -> list[View]:
        return [*self._slack.views(), *self._slack.homes()]

    def _new_views(self) -> list[View]:
        return [view for view in self._views() if self._shown.get(view.id) != list(lines_of(view))]

    def _await(self, text: str) -> None:
        if not self._wait(lambda: self._is_said(text), AWAITED_WITHIN):
            raise TimeoutError(f"“{text}” was not said within {AWAITED_WITHIN:.0f} s.")

    def _settle(self) -> None:
        """Wait until no run is followed any more and no more messages come.

        Don't wait long for a run that never ends by itself, or waits for a button.
        """
        until, heard = time.monotonic() + AWAITED_WITHIN, -1
        while self._busy() and time.monotonic() < until and heard < self._transcript.length:
            heard = self._transcript.length
            self._wait(partial(self._has_news, heard), SILENT)
        self._wait_for_quiet()

    def _has_news(self, heard: int) -> bool:
        return self._transcript.length > heard or not self._busy()
