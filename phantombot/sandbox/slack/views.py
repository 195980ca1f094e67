"""The open modals, as a stack for each person, and the Home tabs."""

import secrets
from dataclasses import replace
from typing import Any

from phantombot.sandbox.slack.block_kit.view_rules import Kind, too_large, view_faults
from phantombot.sandbox.slack.blocks import identified
from phantombot.sandbox.slack.entries import Entries, Typed
from phantombot.sandbox.slack.tickets import Trigger
from phantombot.sandbox.slack.values import APP, BOT_ID, Block, Refusal, View

STACK = 3
"""The most modals in a stack; source: Slack's page on modals."""


class Views:
    """Every view there ever was. Call only while holding the workspace's lock."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._views: dict[str, View] = {}
        self._homes: dict[tuple[str, str], str] = {}
        self._before: dict[str, list[Block]] = {}
        """The blocks of each view before it was last redrawn."""

    def open_ones(self) -> list[View]:
        """Return the open modals, oldest first."""
        homes = self._homes.values()
        return [view for view in self._views.values() if not view.closed and view.id not in homes]

    def homes(self) -> list[View]:
        """Return every published Home tab."""
        return [self._views[view_id] for view_id in self._homes.values()]

    def home(self, team: str, user: str) -> View | None:
        """Return what is published in somebody's Home tab."""
        return self._views.get(self._homes.get((team, user), ""))

    def publish(self, view: Any, user: str, team: str, expected_hash: str | None = None) -> View:
        """Replace what somebody's Home tab shows.

        Raises:
            Refusal: it was changed meanwhile, or the view is forbidden.
        """
        old = self.home(team, user)
        self._check(view, "home", old)
        if expected_hash and (old is None or expected_hash != old.view["hash"]):
            raise Refusal("hash_conflict")
        view_id = old.id if old else _new_id()
        self._homes[team, user] = view_id
        ties = {"team_id": team, "previous_view_id": None, "root_view_id": view_id}
        return self._keep(View(view_id, self._whole(view, view_id, ties), user, ""))

    def top(self, user: str) -> View | None:
        """Return the topmost modal on a user's screen."""
        return next((view for view in reversed(self.open_ones()) if view.user == user), None)

    def get(self, view_id: str) -> View:
        """Return a modal, closed or not.

        Raises:
            Refusal: `not_found`.
        """
        if view_id not in self._views:
            raise Refusal("not_found")
        return self._views[view_id]

    def open(self, view: Any, trigger_id: str, by: Trigger, parent: View | None = None) -> View:
        """Put a modal on a user's screen, on top of `parent` if it is pushed.

        Raises:
            Refusal: Slack's reference forbids the view, or the stack is full.
        """
        self._check(view)
        if parent and sum(shown.user == by.user for shown in self.open_ones()) >= STACK:
            raise Refusal("push_limit_reached")
        view_id = _new_id()
        self._entries.look_at(view_id, by.conversation)
        ties = {
            "team_id": by.team,
            "previous_view_id": parent.id if parent else None,
            "root_view_id": parent.view["root_view_id"] if parent else view_id,
        }
        return self._keep(View(view_id, self._whole(view, view_id, ties), by.user, trigger_id))

    def update(self, view_id: str, view: Any, expected_hash: str | None = None) -> View:
        """Replace what a modal shows.

        Raises:
            Refusal: it is gone or closed, was changed meanwhile, or the view is forbidden.
        """
        old = self.get(view_id)
        if old.closed or old.view["type"] != "modal":
            raise Refusal("not_found")
        if expected_hash and expected_hash != old.view["hash"]:
            raise Refusal("hash_conflict")
        self._check(view, "modal", old)
        ties = {name: old.view[name] for name in ("team_id", "previous_view_id", "root_view_id")}
        return self._keep(replace(old, view=self._whole(view, view_id, ties), errors={}))

    def pressable(self, view_id: str) -> list[Block]:
        """Return a view's blocks, and those before its last redraw, which may still be pressed."""
        return [*self.get(view_id).view["blocks"], *self._before.get(view_id, [])]

    def find(self, external_id: str) -> View:
        """Return the open modal with the app's own id.

        Raises:
            Refusal: `not_found`.
        """
        for view in self.open_ones():
            if external_id and view.view["external_id"] == external_id:
                return view
        raise Refusal("not_found")

    def fill(self, view_id: str, typed: Typed) -> View:
        """Enter values; this clears the errors.

        Raises:
            LookupError: the form has no such field or option.
            ValueError: a field doesn't accept its value.
        """
        view = self.get(view_id)
        state = {"values": self._entries.fill(view_id, view.view["blocks"], typed)}
        return self._keep(replace(view, view={**view.view, "state": state}, errors={}))

    def follow(self, view: View, answer: Any, trigger_id: str, by: Trigger) -> None:
        """Do what the answer to a submission says; an empty answer closes the modal.

        Raises:
            Refusal: it can't be done.
        """
        said = answer if isinstance(answer, dict) else {}
        match said.get("response_action"):
            case "errors":
                self._complain(view, said.get("errors"))
            case "update":
                self.update(view.id, said.get("view"))
            case "push":
                self.open(said.get("view"), trigger_id, by, parent=view)
            case "clear":
                self.clear(view.user)
            case _:
                self.close(view.id)

    def close(self, view_id: str) -> View:
        """Close one modal, which uncovers the one below."""
        return self._keep(replace(self.get(view_id), closed=True))

    def clear(self, user: str) -> None:
        """Close all modals of a user."""
        for view in self.open_ones():
            if view.user == user:
                self.close(view.id)

    def _complain(self, view: View, errors: Any) -> None:
        """Show errors at input blocks; Slack refuses errors at any other block."""
        inputs = {block["block_id"] for block in view.view["blocks"] if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
            raise Refusal("invalid_arguments", "errors must name input blocks of the view")
        self._keep(replace(view, errors=errors))

    def _check(self, view: Any, kind: Kind = "modal", old: View | None = None) -> None:
        """Refuse a view that Slack's reference forbids; `old` is the view it replaces."""
        wrong = tuple(view_faults(view, kind))
        if wrong:
            raise Refusal("invalid_arguments", *wrong)
        if too_large(view):
            raise Refusal("view_too_large")
        shown = [one for one in self._views.values() if not one.closed and one != old]
        if view.get("external_id") in {one.view["external_id"] for one in shown} - {""}:
            raise Refusal("duplicate_external_id")

    def _keep(self, view: View) -> View:
        old = self._views.get(view.id)
        if old is not None and old.view["hash"] != view.view["hash"]:
            self._before[view.id] = old.view["blocks"]
        self._views[view.id] = view
        return view

    def _whole(self, view: Block, view_id: str, ties: dict[str, str | None]) -> Block:
        blocks = identified(view["blocks"])
        defaults = {"private_metadata": "", "callback_id": "", "external_id": "", "close": None}
        return {
            **defaults,
            "submit": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **view,
            "id": view_id,
            "app_id": APP,
            "app_installed_team_id": ties["team_id"],
            "bot_id": BOT_ID,
            "blocks": blocks,
            "hash": f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}",
            "state": {"values": self._entries.fill(view_id, blocks, {})},
            **ties,
        }


def _new_id() -> str:
    return f"V{secrets.token_hex(5).upper()}"
