"""The interactive elements of Block Kit, with their required and optional fields.

Source of the figures: Slack's reference of block elements.
"""

from collections.abc import Iterator
from typing import Any

from phantombot.sandbox.slack.block_kit.checks import (
    Check,
    Fields,
    at,
    flag,
    kinds,
    one_of,
    several,
    shape,
    text,
    whole,
)
from phantombot.sandbox.slack.block_kit.parts import (
    ACTION_ID,
    ANY,
    CONFIRM,
    DISPATCH,
    FILTER,
    LINKED_OPTION,
    MARKED_OPTION,
    OPTION,
    OPTION_GROUP,
    OPTIONS_MOST,
    STYLES,
    plain,
)


def _options_of(element: Any, pointer: str) -> Iterator[str]:
    """Check that a menu has options or groups, and that its initial options are among them."""
    if ("options" in element) == ("option_groups" in element):
        yield at(pointer, "must define either `options` or `option_groups`")
        return
    groups = element.get("option_groups", [element])
    options = [option for group in groups for option in group["options"]]
    begun = [element["initial_option"]] if "initial_option" in element else []
    for option in [*begun, *element.get("initial_options", [])]:
        if option not in options:
            yield at(pointer, "the initial option must be one of the options, to the letter")


def _lengths(element: Any, pointer: str) -> Iterator[str]:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if least > most:
        yield at(pointer, "`min_length` must be no more than `max_length`")
    if len(element.get("initial_value", "")) > most:
        yield at(f"{pointer}/initial_value", f"must be less than {most + 1} characters")


def _image_source(image: Any, pointer: str) -> Iterator[str]:
    if "image_url" not in image and "slack_file" not in image:
        yield at(pointer, "missing required field: image_url")


def _element(kind: str, needed: Fields, optional: Fields, *rules: Check) -> Check:
    common: Fields = {"action_id": ACTION_ID}
    return shape({"type": one_of(kind), **needed}, {**common, **optional}, *rules)


_ASKED: Fields = {"focus_on_load": flag, "placeholder": plain(150)}
_TYPED: Fields = {**_ASKED, "initial_value": text(0, 3000), "dispatch_action_config": DISPATCH}
_MENU: Fields = {**_ASKED, "confirm": CONFIRM}
_MANY: Fields = {**_MENU, "max_selected_items": whole(1)}
_LISTED: Fields = {
    "options": several(OPTION, 1, OPTIONS_MOST),
    "option_groups": several(OPTION_GROUP, 1, OPTIONS_MOST),
}
_SEARCHED: Fields = {"min_query_length": whole(0)}
_CHOICE: Fields = {"options": several(MARKED_OPTION, 1, 10)}

IMAGE = shape(
    {"type": one_of("image"), "alt_text": text(0, 2000)},
    {"image_url": text(1, 3000), "slack_file": shape({}, {"id": ANY, "url": ANY})},
    _image_source,
)

BUTTON = _element(
    "button",
    {"text": plain(75)},
    {
        "value": text(0, 2000),
        "url": text(0, 3000),
        "style": one_of(*STYLES),
        "confirm": CONFIRM,
        "accessibility_label": text(0, 75),
    },
)
OVERFLOW = _element("overflow", {"options": several(LINKED_OPTION, 1, 5)}, {"confirm": CONFIRM})

MENUS: dict[str, Check] = {
    "static_select": _element(
        "static_select", {}, {**_MENU, **_LISTED, "initial_option": OPTION}, _options_of
    ),
    "multi_static_select": _element(
        "multi_static_select",
        {},
        {**_MANY, **_LISTED, "initial_options": several(OPTION, 1, OPTIONS_MOST)},
        _options_of,
    ),
    "external_select": _element(
        "external_select", {}, {**_MENU, **_SEARCHED, "initial_option": OPTION}
    ),
    "multi_external_select": _element(
        "multi_external_select",
        {},
        {**_MANY, **_SEARCHED, "initial_options": several(OPTION, 1, OPTIONS_MOST)},
    ),
    "users_select": _element("users_select", {}, {**_MENU, "initial_user": ANY}),
    "multi_users_select": _element(
        "multi_users_select", {}, {**_MANY, "initial_users": several(ANY)}
    ),
    "channels_select": _element(
        "channels_select", {}, {**_MENU, "initial_channel": ANY, "response_url_enabled": flag}
    ),
    "multi_channels_select": _element(
        "multi_channels_select", {}, {**_MANY, "initial_channels": several(ANY)}
    ),
    "conversations_select": _element(
        "conversations_select",
        {},
        {
            **_MENU,
            "initial_conversation": ANY,
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": FILTER,
        },
    ),
    "multi_conversations_select": _element(
        "multi_conversations_select",
        {},
        {
            **_MANY,
            "initial_conversations": several(ANY),
            "default_to_current_conversation": flag,
            "filter": FILTER,
        },
    ),
}

CHOICES: dict[str, Check] = {
    "radio_buttons": _element(
        "radio_buttons",
        _CHOICE,
        {"focus_on_load": flag, "confirm": CONFIRM, "initial_option": MARKED_OPTION},
        _options_of,
    ),
    "checkboxes": _element(
        "checkboxes",
        _CHOICE,
        {
            "focus_on_load": flag,
            "confirm": CONFIRM,
            "initial_options": several(MARKED_OPTION, 1, 10),
        },
        _options_of,
    ),
    "datepicker": _element("datepicker", {}, {**_MENU, "initial_date": text(10, 10)}),
    "timepicker": _element(
        "timepicker", {}, {**_MENU, "initial_time": text(5, 5), "timezone": ANY}
    ),
}

TEXTS: dict[str, Check] = {
    "plain_text_input": _element(
        "plain_text_input",
        {},
        {
            **_TYPED,
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        _lengths,
    ),
    "number_input": _element(
        "number_input",
        {"is_decimal_allowed": flag},
        {**_TYPED, "min_value": ANY, "max_value": ANY},
    ),
    "email_text_input": _element("email_text_input", {}, _TYPED),
    "url_text_input": _element("url_text_input", {}, _TYPED),
}

PRESSED = kinds({"button": BUTTON, "overflow": OVERFLOW, **MENUS, **CHOICES})
"""The elements allowed in an actions block."""
BESIDE = kinds({"image": IMAGE, "button": BUTTON, "overflow": OVERFLOW, **MENUS, **CHOICES})
"""The elements allowed beside a section."""
FILLED = kinds({**MENUS, **CHOICES, **TEXTS})
"""The elements allowed in a form's input."""
