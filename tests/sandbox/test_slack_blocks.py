"""Block Kit as Slack reads it: what it takes, and in which words it refuses the rest."""

from typing import Any

import pytest
from slack_stage import ACTIONS, BUTTON, label

from phantombot.sandbox.slack.blocks import characters, checked
from phantombot.sandbox.slack.values import Block, Refusal

CONFIRM = {
    "title": label("Stop it?"),
    "text": {"type": "mrkdwn", "text": "All runs of *785* end."},
    "confirm": label("Stop"),
    "deny": label("Keep it running"),
    "style": "danger",
}
IMAGE = {"type": "image", "image_url": "https://x.y/a.png", "alt_text": "a"}
ONE, TWO = ({"text": label(text), "value": text} for text in ("one", "two"))


def mrkdwn(length: int) -> dict[str, str]:
    return {"type": "mrkdwn", "text": "x" * length}


def actions(**button: Any) -> Block:
    return {"type": "actions", "elements": [{**BUTTON, **button}]}


def asking(**confirm: Any) -> Block:
    return actions(confirm={**CONFIRM, **confirm})


def row(kind: str, **element: Any) -> Block:
    return {"type": "actions", "elements": [{"type": kind, **element}]}


def asked(kind: str, **element: Any) -> Block:
    return {"type": "input", "label": label("x"), "element": {"type": kind, **element}}


def options(count: int) -> list[Block]:
    return [{"text": label(str(number)), "value": str(number)} for number in range(count)]


def rich(*parts: Block) -> Block:
    return {"type": "rich_text", "elements": list(parts)}


def part(kind: str, *words: Block, **more: Any) -> Block:
    return {"type": f"rich_text_{kind}", "elements": list(words), **more}


def table(*rows: int, **more: Any) -> Block:
    cell = {"type": "raw_text", "text": "x"}
    return {"type": "table", "rows": [[cell] * cells for cells in rows], **more}


def data_table(*rows: Block, **more: Any) -> Block:
    cells = [[row] for row in rows]
    return {"type": "data_table", "caption": "Result", "rows": cells, **more}


CELL = {"type": "raw_text", "text": "x"}
NUMBER = {"type": "raw_number", "value": 1.5, "text": "1.5"}
WORD = {"type": "text", "text": "* Container started"}
LINK = {"type": "link", "url": "https://example.com"}
BOLD = {**WORD, "style": {"bold": True}}


@pytest.mark.parametrize(
    "block",
    [
        actions(style="primary", url="https://example.com", confirm=CONFIRM),
        actions(accessibility_label="x" * 75, value="x" * 2000, action_id="x" * 255),
        asking(title=label("x" * 100), text=mrkdwn(300), confirm=label("x" * 30)),
        row("overflow", options=[{**ONE, "url": "https://x.y", "description": label("x" * 75)}]),
        row("conversations_select", filter={"include": ["public"], "exclude_bot_users": True}),
        {"type": "actions", "elements": [{**BUTTON, "action_id": str(one)} for one in range(25)]},
        {"type": "section", "text": mrkdwn(3000), "accessory": {**BUTTON, "confirm": CONFIRM}},
        {"type": "section", "fields": [mrkdwn(2000)] * 10, "expand": True},
        {"type": "section", "text": label("x"), "accessory": IMAGE, "block_id": "x" * 255},
        {"type": "context", "elements": [mrkdwn(1), label("x"), IMAGE]},
        {"type": "divider"},
        {"type": "header", "text": {**label("x" * 150), "emoji": True}},
        {**IMAGE, "title": label("x")},
        rich(part("preformatted", WORD, LINK, border=0)),
        rich(part("section", BOLD, LINK, {"type": "emoji", "name": "ghost"}), part("quote", WORD)),
        rich(part("list", part("section", WORD), style="bullet", indent=1)),
        table(2, 2, column_settings=[{"align": "right", "is_wrapped": True}]),
        data_table(CELL, NUMBER, page_size=10, row_header_column_index=0),
        asked("radio_buttons", options=[ONE, TWO], initial_option=TWO),
        asked("checkboxes", options=[{"text": mrkdwn(75), "value": "x" * 150}]),
        asked("checkboxes", options=options(10), initial_options=options(2)),
        asked("multi_static_select", options=options(100), max_selected_items=1),
        asked("static_select", option_groups=[{"label": label("x"), "options": [ONE]}]),
        asked("external_select", min_query_length=0, initial_option=ONE),
        asked("plain_text_input", max_length=3000, initial_value="x" * 3000, multiline=True),
        asked(
            "plain_text_input",
            min_length=0,
            dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]},
        ),
        asked("number_input", is_decimal_allowed=False, min_value="1"),
        asked("multi_users_select", initial_users=["U1"]),
        asked("datepicker", initial_date="2026-11-25"),
        {**asked("url_text_input"), "hint": label("x"), "optional": True, "dispatch_action": True},
    ],
    ids=lambda block: str(block)[:70],
)
def test_what_the_reference_allows_is_taken(block: Block):
    assert checked([block])[0]["type"] == block["type"]


ROW, FORM, SAYS = "/blocks/0/elements", "/blocks/0/element", "/blocks/0/text"


@pytest.mark.parametrize(
    ("block", "pointer", "why"),
    [
        ("x", "/blocks/0", "must provide an object"),
        ({}, "/blocks/0", "missing required field: type"),
        ({"type": "poem"}, "/blocks/0/type", "unsupported type: poem"),
        ({"type": ["divider"]}, "/blocks/0/type", "unsupported type: ['divider']"),
        ({"type": "divider", "color": "x"}, "/blocks/0", "invalid additional property: color"),
        ({"type": "divider", "block_id": 7}, "/blocks/0/block_id", "must provide a string"),
        (
            {"type": "divider", "block_id": "x" * 256},
            "/blocks/0/block_id",
            "must be less than 256 characters",
        ),
        # sections
        ({"type": "section"}, "/blocks/0/type", "must define either `text` or `fields`"),
        ({"type": "section", "text": None}, SAYS, "must provide an object"),
        ({"type": "section", "text": "plain"}, SAYS, "failed to match all allowed schemas"),
        ({"type": "section", "text": {"text": "x"}}, SAYS, "missing required field: type"),
        (
            {"type": "section", "text": mrkdwn(3001)},
            f"{SAYS}/text",
            "must be less than 3001 characters",
        ),
        (
            {"type": "section", "text": mrkdwn(0)},
            f"{SAYS}/text",
            "must be more than 0 characters",
        ),
        (
            {"type": "section", "text": {**mrkdwn(1), "emoji": True}},
            SAYS,
            "invalid additional property: emoji",
        ),
        (
            {"type": "section", "fields": [mrkdwn(1)] * 11},
            "/blocks/0/fields",
            "no more than 10 items allowed",
        ),
        (
            {"type": "section", "fields": [mrkdwn(2001)]},
            "/blocks/0/fields/0/text",
            "must be less than 2001 characters",
        ),
        ({"type": "section", "fields": "x"}, "/blocks/0/fields", "must provide an array"),
        (
            {"type": "section", "text": mrkdwn(1), "accessory": {"type": "plain_text_input"}},
            "/blocks/0/accessory/type",
            "unsupported type: plain_text_input",
        ),
        # contexts, headers, images
        ({"type": "context"}, "/blocks/0", "missing required field: elements"),
        ({"type": "context", "elements": []}, ROW, "must provide at least 1 items"),
        (
            {"type": "context", "elements": [mrkdwn(1)] * 11},
            ROW,
            "no more than 10 items allowed",
        ),
        ({"type": "context", "elements": [BUTTON]}, f"{ROW}/0/type", "unsupported type: button"),
        (
            {"type": "header", "text": mrkdwn(1)},
            f"{SAYS}/type",
            "must be a valid enum value",
        ),
        (
            {"type": "header", "text": label("x" * 151)},
            f"{SAYS}/text",
            "must be less than 151 characters",
        ),
        (
            {"type": "image", "image_url": "https://x.y"},
            "/blocks/0",
            "missing required field: alt_text",
        ),
        # buttons and dialogs
        (actions(style="green"), f"{ROW}/0/style", "must be a valid enum value"),
        (actions(style=None), f"{ROW}/0/style", "must provide a string"),
        (actions(text=mrkdwn(1)), f"{ROW}/0/text/type", "must be a valid enum value"),
        (actions(text=label("x" * 76)), f"{ROW}/0/text/text", "must be less than 76 characters"),
        (actions(value="x" * 2001), f"{ROW}/0/value", "must be less than 2001 characters"),
        (actions(value=785), f"{ROW}/0/value", "must provide a string"),
        (actions(url="x" * 3001), f"{ROW}/0/url", "must be less than 3001 characters"),
        (actions(action_id="x" * 256), f"{ROW}/0/action_id", "must be less than 256 characters"),
        (actions(confirm="sure?"), f"{ROW}/0/confirm", "must provide an object"),
        (actions(confirm={}), f"{ROW}/0/confirm", "missing required field: title"),
        (asking(title=mrkdwn(1)), f"{ROW}/0/confirm/title/type", "must be a valid enum value"),
        (
            asking(text=mrkdwn(301)),
            f"{ROW}/0/confirm/text/text",
            "must be less than 301 characters",
        ),
        (
            asking(confirm=label("x" * 31)),
            f"{ROW}/0/confirm/confirm/text",
            "must be less than 31 characters",
        ),
        (asking(deny=label("")), f"{ROW}/0/confirm/deny/text", "must be more than 0 characters"),
        ({"type": "actions", "elements": [BUTTON] * 26}, ROW, "no more than 25 items allowed"),
        (
            {"type": "actions", "elements": [BUTTON] * 2},
            f"{ROW}/1/action_id",
            '`action_id` "stop" already exists',
        ),
        (row("plain_text_input"), f"{ROW}/0/type", "unsupported type: plain_text_input"),
        (row("overflow", options=options(6)), f"{ROW}/0/options", "no more than 5 items allowed"),
        # fields and menus
        (asked("radio_buttons", options=options(11)), f"{FORM}/options", "no more than 10 items"),
        (asked("multi_static_select", options=[]), f"{FORM}/options", "must provide at least 1"),
        (asked("static_select", options=options(101)), f"{FORM}/options", "no more than 100"),
        (asked("static_select"), FORM, "must define either `options` or `option_groups`"),
        (
            asked("static_select", options=[{"text": mrkdwn(1), "value": "x"}]),
            f"{FORM}/options/0/text/type",
            "must be a valid enum value",
        ),
        (
            asked("static_select", option_groups=[{"options": [ONE]}]),
            f"{FORM}/option_groups/0",
            "missing required field: label",
        ),
        (
            asked("static_select", options=[ONE], initial_option=None),
            f"{FORM}/initial_option",
            "must provide an object",
        ),
        (asked("radio_buttons", options=[ONE], initial_option=TWO), FORM, "to the letter"),
        (
            asked("checkboxes", options=[ONE], initial_options=[]),
            f"{FORM}/initial_options",
            "must provide at least 1 items",
        ),
        (
            asked("checkboxes", options=[{**ONE, "text": label("x" * 76)}]),
            f"{FORM}/options/0/text/text",
            "must be less than 76 characters",
        ),
        (
            asked("checkboxes", options=[{**ONE, "value": "x" * 151}]),
            f"{FORM}/options/0/value",
            "must be less than 151 characters",
        ),
        (asked("plain_text_input", max_length=3001), f"{FORM}/max_length", "less than 3000"),
        (asked("plain_text_input", max_length=0), f"{FORM}/max_length", "greater than 1"),
        (asked("plain_text_input", max_length="9"), f"{FORM}/max_length", "provide an integer"),
        (asked("plain_text_input", min_length=3, max_length=2), FORM, "`min_length`"),
        (
            asked("plain_text_input", max_length=2, initial_value="xxx"),
            f"{FORM}/initial_value",
            "must be less than 3 characters",
        ),
        (asked("plain_text_input", multiline="yes"), f"{FORM}/multiline", "must be a boolean"),
        (asked("number_input"), FORM, "missing required field: is_decimal_allowed"),
        (
            asked("multi_users_select", max_selected_items=0),
            f"{FORM}/max_selected_items",
            "must be greater than 1",
        ),
        (
            asked("multi_users_select", placeholder=label("x" * 151)),
            f"{FORM}/placeholder/text",
            "must be less than 151 characters",
        ),
        (
            asked("conversations_select", filter={"include": ["mine"]}),
            f"{FORM}/filter/include/0",
            "must be a valid enum value",
        ),
        (asked("button", text=label("x")), f"{FORM}/type", "unsupported type: button"),
        (
            {**asked("plain_text_input"), "hint": label("x" * 2001)},
            "/blocks/0/hint/text",
            "must be less than 2001 characters",
        ),
        ({"type": "input", "label": label("x")}, "/blocks/0", "missing required field: element"),
        # rich text and tables
        ({"type": "rich_text"}, "/blocks/0", "missing required field: elements"),
        (rich(), ROW, "must provide at least 1 items"),
        (rich(WORD), f"{ROW}/0/type", "unsupported type: text"),
        (rich({"type": "rich_text_section"}), f"{ROW}/0", "missing required field: elements"),
        (
            rich(part("section", {"type": "text", "text": ""})),
            f"{ROW}/0/elements/0/text",
            "must be more than 0 characters",
        ),
        (
            rich(part("section", {"type": "link"})),
            f"{ROW}/0/elements/0",
            "missing required field: url",
        ),
        (
            rich(part("preformatted", {"type": "emoji", "name": "ghost"})),
            f"{ROW}/0/elements/0/type",
            "unsupported type: emoji",
        ),
        (rich(part("list", part("section", WORD))), f"{ROW}/0", "missing required field: style"),
        (rich(part("list", WORD, style="bullet")), f"{ROW}/0/elements/0/type", "unsupported type"),
        (table(*[1] * 101), "/blocks/0/rows", "no more than 100 items allowed"),
        (table(21), "/blocks/0/rows/0", "no more than 20 items allowed"),
        (table(2, 1), "/blocks/0/rows", "as many cells"),
        (data_table(CELL), "/blocks/0/rows", "must provide at least 2 items"),
        (data_table(*[CELL] * 102), "/blocks/0/rows", "no more than 101 items allowed"),
        (data_table(CELL, CELL, page_size=101), "/blocks/0/page_size", "must be less than 100"),
        (data_table(rich(part("section", WORD)), CELL), "/blocks/0/rows/0/0/type", "rich_text"),
        (
            data_table(CELL, {**NUMBER, "value": "1"}),
            "/blocks/0/rows/1/0/value",
            "must be a number",
        ),
    ],
    ids=lambda given: str(given)[:40],
)
def test_what_the_reference_forbids_is_refused_in_slacks_words(block: Any, pointer: str, why: str):
    with pytest.raises(Refusal, match="invalid_blocks") as refused:
        checked([block])
    found = [one for one in refused.value.reasons if f"[json-pointer:{pointer}]" in one]
    assert any(why in one for one in found), refused.value.reasons


def test_every_fault_is_told_at_once():
    blocks = [actions(style="green", value=7), {"type": "header", "text": label("x" * 151)}]
    with pytest.raises(Refusal) as refused:
        checked(blocks)
    assert list(refused.value.reasons) == [
        "must provide a string [json-pointer:/blocks/0/elements/0/value]",
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
        "must be less than 151 characters [json-pointer:/blocks/1/text/text]",
    ]


@pytest.mark.parametrize(
    ("blocks", "code", "why"),
    [
        ("x", "invalid_blocks_format", None),
        ({"type": "divider"}, "invalid_blocks_format", None),
        (
            [{"type": "divider"}] * 51,
            "invalid_blocks",
            "no more than 50 items allowed [json-pointer:/blocks]",
        ),
        (
            [{"type": "divider", "block_id": "x"}] * 2,
            "invalid_blocks",
            '`block_id` "x" already exists [json-pointer:/blocks/1/block_id]',
        ),
        ([table(1)] * 2, "invalid_attachments", "only_one_table_allowed"),
    ],
    ids=["text", "object", "too many", "one id twice", "two tables"],
)
def test_blocks_are_a_list_of_so_many_with_names_of_their_own(
    blocks: Any, code: str, why: str | None
):
    with pytest.raises(Refusal) as refused:
        checked(blocks)
    assert (refused.value.code, refused.value.reasons) == (code, (why,) if why else ())


def test_one_action_may_stand_in_several_blocks():
    assert len(checked([*ACTIONS, {**ACTIONS[0], "block_id": "other"}])) == 2


def test_text_is_counted_at_any_depth():
    blocks = [rich(part("preformatted", WORD)), actions(confirm=CONFIRM), {"type": "divider"}]
    said = [WORD["text"], "Stop", "Stop it?", "All runs of *785* end.", "Stop", "Keep it running"]
    assert characters(blocks) == sum(len(text) for text in said)
