"""The small parts of Block Kit that blocks and elements are made of: texts, options, dialogs.

Source of the figures: Slack's reference of composition objects.
"""

from collections.abc import Iterator
from typing import Any

from phantombot.sandbox.slack.block_kit.checks import (
    Check,
    at,
    flag,
    kinds,
    one_of,
    several,
    shape,
    text,
    within,
)

STYLES = ("primary", "danger")
ACTION_ID = text(1, 255)
BLOCK_ID = text(0, 255)
OPTIONS_MOST = 100
"""The most options or groups in a menu."""

ANY = text()


def plain(most: int = 3000) -> Check:
    """Return a check for plain text of this length."""
    return shape({"type": one_of("plain_text"), "text": text(1, most)}, {"emoji": flag})


def marked(most: int = 3000) -> Check:
    """Return a check for text with or without formatting."""
    mrkdwn = shape({"type": one_of("mrkdwn"), "text": text(1, most)}, {"verbatim": flag})
    return within(kinds({"mrkdwn": mrkdwn, "plain_text": plain(most)}))


CONFIRM = shape(
    {"title": plain(100), "text": marked(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of(*STYLES)},
)
OPTION = shape({"text": plain(75), "value": text(1, 150)}, {"description": plain(75)})
MARKED_OPTION = shape({"text": marked(75), "value": text(1, 150)}, {"description": marked(75)})
LINKED_OPTION = shape(
    {"text": plain(75), "value": text(1, 150)}, {"description": plain(75), "url": text(0, 3000)}
)
OPTION_GROUP = shape({"label": plain(75), "options": several(OPTION, 1, OPTIONS_MOST)})
FILTER = shape(
    {},
    {
        "include": several(one_of("im", "mpim", "private", "public"), 1),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
DISPATCH = shape(
    {"trigger_actions_on": several(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
)


def suggested_faults(answer: Any) -> Iterator[str]:
    """Yield what is wrong with the options that an app suggests; Slack then shows none."""
    if not isinstance(answer, dict) or {"options", "option_groups"}.isdisjoint(answer):
        yield at("", "must define either `options` or `option_groups`")
        return
    named = {name: held for name, held in answer.items() if held is not None}
    yield from shape(
        {},
        {
            "options": several(OPTION, 0, OPTIONS_MOST),
            "option_groups": several(OPTION_GROUP, 0, OPTIONS_MOST),
        },
    )(named, "")
