"""People's actions with buttons, menus, forms and shortcuts."""

import json
from dataclasses import dataclass, replace
from typing import Any

from phantombot.sandbox.slack.block_kit.parts import suggested_faults
from phantombot.sandbox.slack.blocks import find_action
from phantombot.sandbox.slack.courier import Courier
from phantombot.sandbox.slack.entries import Typed
from phantombot.sandbox.slack.payloads import (
    message_pressed,
    message_shortcut_used,
    shortcut_used,
    suggestion_asked,
    view_closed,
    view_pressed,
    view_submitted,
)
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import Block, Delivery, Message, Refusal, View

SUGGEST_FROM = 3
"""The characters to type before a menu asks the app, unless the menu sets another number."""


@dataclass(frozen=True)
class Suggestion:
    """The options that a menu offers; none if the bot was not asked or its answer is invalid."""

    options: tuple[Block, ...] = ()
    """The options in order, those of groups one group after the other."""
    groups: tuple[Block, ...] = ()
    delivery: Delivery | None = None
    """None if too little was typed to ask."""

    @property
    def values(self) -> list[str]:
        """Return the values of the options."""
        return [option["value"] for option in self.options]


class Interactions:
    """The actions of people: press, choose, fill in, submit."""

    bot_url: str | None
    url: str
    _workspace: Workspace
    _courier: Courier

    def press(
        self,
        message: Message | View,
        action_id: str,
        *,
        user: str = "U0ADA",
        value: str | None = None,
        block_id: str | None = None,
    ) -> Delivery:
        """Press a button of a message, a modal or a Home tab.

        `value` overrides the button's, or is what was chosen in a menu or typed into a field that
        sends it at once. Menus of several values take them with commas. Where several blocks have
        the action, `block_id` says which one is pressed; without it, the first is.

        Raises:
            LookupError: there is no such action or option, or Slack doesn't send it yet.
            ValueError: the field doesn't accept the value.
        """
        with self._workspace.bell:
            if isinstance(message, View):
                payload = view_pressed(self._workspace, message, action_id, user, value, block_id)
            else:
                payload = message_pressed(
                    self._workspace, message, action_id, user, value, block_id
                )
                payload["response_url"] = self._response_url(message.channel, user, message.ts)
            self._workspace.changed()
        return self._interact(payload)

    def suggest(
        self,
        place: Message | View,
        action_id: str,
        typed: str,
        *,
        user: str = "U0ADA",
        block_id: str | None = None,
    ) -> Suggestion:
        """Type into a menu whose options come from the bot; the options it offers can then be
        chosen.

        Slack asks at the manifest's `interactivity.message_menu_options_url`, unless the text is
        shorter than the menu's `min_query_length` (3 by default).

        Raises:
            LookupError: there is no such menu.
        """
        with self._workspace.bell:
            if isinstance(place, View):
                place = self._workspace.views.get(place.id)
            payload = suggestion_asked(self._workspace, place, action_id, user, typed, block_id)
            blocks = place.view["blocks"] if isinstance(place, View) else place.blocks
            _, element = find_action(blocks, action_id, block_id)
        if len(typed) < element.get("min_query_length", SUGGEST_FROM):
            return Suggestion()
        suggestion = _suggestion(self._interact(payload))
        key = place.id if isinstance(place, View) else place.ts
        with self._workspace.bell:
            offered = list(suggestion.options)
            self._workspace.entries.suggest(key, payload["block_id"], action_id, offered)
        return suggestion

    def enter(self, view: View, values: Typed) -> View:
        """Fill in fields of a modal or a Home tab, by block id or action id, without sending
        anything.

        Raises:
            LookupError: there is no such field or option.
            ValueError: a field doesn't accept its value.
        """
        with self._workspace.bell:
            filled = self._workspace.views.fill(view.id, values)
            self._workspace.changed()
            return filled

    def submit(self, view: View, values: Typed, *, user: str = "U0ADA") -> Delivery:
        """Fill in a modal and submit it, then follow the answer.

        `values` are by block id or action id. Required fields may be left out, although Slack's own
        form doesn't allow that. If the answer is invalid, the modal stays and `error` says why.

        Raises:
            LookupError: the modal has no such field or option.
            ValueError: a field doesn't accept its value.
        """
        with self._workspace.bell:
            filled = self._workspace.views.fill(view.id, values)
            urls = self._response_urls_of(filled, user)
            payload = view_submitted(self._workspace, filled, user, urls)
        delivery = self._interact(payload)
        if delivery.error:
            return delivery
        try:
            with self._workspace.bell:
                by = self._workspace.tickets.issued(delivery.trigger_id)
                self._workspace.views.follow(filled, delivery.body, delivery.trigger_id, by)
                self._workspace.changed()
        except Refusal as refusal:
            return replace(delivery, error=refusal.code)
        return delivery

    def close(self, view: View, *, user: str = "U0ADA") -> Delivery | None:
        """Close a modal without submitting it; notify the bot if the view asks for that."""
        with self._workspace.bell:
            closed = self._workspace.views.close(view.id)
            payload = view_closed(self._workspace, closed, user)
            self._workspace.changed()
        return self._interact(payload) if closed.view["notify_on_close"] else None

    def shortcut(
        self,
        callback_id: str,
        *,
        user: str = "U0ADA",
        message: Message | None = None,
        channel: str = "C0GENERAL",
    ) -> Delivery:
        """Use a shortcut: of a message if one is given, else of the whole workspace.

        `channel` is the one on the user's screen. A workspace shortcut doesn't send it, but a menu
        in a modal that it opens can begin with it.

        Raises:
            LookupError: only one user sees the message, so it has no shortcuts.
        """
        if message is not None and message.user:
            raise LookupError("an ephemeral message has no shortcuts")
        with self._workspace.bell:
            if message is None:
                payload = shortcut_used(self._workspace, callback_id, user, channel)
            else:
                payload = message_shortcut_used(self._workspace, callback_id, user, message)
                payload["response_url"] = self._response_url(message.channel, user)
        return self._interact(payload)

    def _interact(self, payload: Block) -> Delivery:
        form = {"payload": json.dumps(payload)}
        return self._courier.bring(self.bot_url, form, payload.get("trigger_id", ""))

    def _response_url(self, channel: str, user: str, original: str | None = None) -> str:
        return self.url + self._workspace.tickets.reply_path(channel, user, original)

    def _response_urls_of(self, view: View, user: str) -> list[dict[str, Any]]:
        """Return a response URL for each conversation chosen in a menu that asks for one."""
        urls = []
        for block in view.view["blocks"]:
            element = block.get("element") or {}
            state = view.view["state"]["values"].get(block["block_id"], {})
            entry = state.get(element.get("action_id"), {})
            chosen = entry.get("selected_conversation") or entry.get("selected_channel")
            if chosen and element.get("response_url_enabled"):
                names = {"block_id": block["block_id"], "action_id": element["action_id"]}
                url = self._response_url(chosen, user)
                urls.append({**names, "channel_id": chosen, "response_url": url})
        return urls


def _suggestion(delivery: Delivery) -> Suggestion:
    """Return the options in the bot's answer, if Slack would accept it."""
    fault = None if delivery.error else next(suggested_faults(delivery.body), None)
    if delivery.error or fault:
        return Suggestion(delivery=replace(delivery, error=delivery.error or fault))
    groups = delivery.body.get("option_groups") or []
    grouped = [option for group in groups for option in group["options"]]
    return Suggestion((*(delivery.body.get("options") or ()), *grouped), tuple(groups), delivery)
