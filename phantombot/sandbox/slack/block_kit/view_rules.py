"""What Slack's reference of views forbids in a modal or a Home tab."""

import json
from collections.abc import Iterator
from typing import Any, Literal

from phantombot.sandbox.slack.block_kit.checks import Check, Fields, at, flag, one_of, shape, text
from phantombot.sandbox.slack.block_kit.parts import plain
from phantombot.sandbox.slack.block_kit.rules import faults

Kind = Literal["modal", "home"]

LARGEST = 250_000
"""The most bytes of a view as JSON; source: `view_too_large` of views.open."""


def view_faults(view: Any, kind: Kind) -> Iterator[str]:
    """Yield everything that is wrong with a view, in Slack's words; faults of its
    blocks come last.
    """
    wrong = list(_VIEWS[kind](view, "/view"))
    if not wrong:
        wrong = list(faults(view["blocks"], kind, "/view/blocks"))
    if not wrong and kind == "modal":
        yield from _unsubmitted(view)
    if wrong:
        yield at("/view", "failed to match all allowed schemas")
    yield from wrong


def too_large(view: Any) -> bool:
    """Return whether the view is too large for Slack to look at."""
    return len(json.dumps(view)) > LARGEST


def _unsubmitted(view: Any) -> Iterator[str]:
    for number, block in enumerate(view["blocks"]):
        if block["type"] == "input" and "submit" not in view:
            pointer = f"/view/blocks/{number}/input"
            yield at(pointer, "must define `submit` to use an `input` block in modals")


def _blocks(_value: Any, _pointer: str) -> Iterator[str]:
    """Accept any blocks: they are checked by their own rules."""
    return iter(())


_COMMON: Fields = {
    "private_metadata": text(0, 3000),
    "callback_id": text(0, 255),
    "external_id": text(0, 255),
}
_VIEWS: dict[str, Check] = {
    "home": shape({"type": one_of("home"), "blocks": _blocks}, _COMMON),
    "modal": shape(
        {"type": one_of("modal"), "title": plain(24), "blocks": _blocks},
        {
            **_COMMON,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
        },
    ),
}
