"""A message with every block, and a form with every field."""

from typing import Any


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str = "", hint: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"text": plain(text), "value": value or text}
    return made | ({"description": plain(hint)} if hint else {})


OPTIONS = [option("casperjs"), option("phantomjs", hint="older")]
PICTURE = {"image_url": "https://a.example/x.png", "alt_text": "A picture of elsewhere"}
SURE = {
    "title": plain("Sure?"),
    "text": mrkdwn("*Really*?"),
    "confirm": plain("Yes"),
    "deny": plain("No"),
    "style": "danger",
}


def button(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": text.lower(), "text": plain(text), **more}


def menu(kind: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": text, "placeholder": plain(text), **more}


def words(*elements: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": kind, "elements": list(elements)}


def word(text: str, *styles: str) -> dict[str, Any]:
    return {"type": "text", "text": text, "style": dict.fromkeys(styles, True)}


PEOPLE = {"Ada": 9, "Édith": 10, "Grace": 100, "Barbara": 2}


def count(value: int) -> dict[str, Any]:
    return {"type": "raw_number", "value": value, "text": str(value)}


def cell(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


TEXT = (
    "*bold*, _italic_, ~strike~, `code`, <https://a.example|a link>, <@U0MAX>, <#C0GENERAL>,"
    " <!here>, <!subteam^S0OPS>, :rocket:, &lt;b&gt;no markup&lt;/b&gt;\n&gt; a quote\n"
    "```of fixed\n  width```"
)
BLOCKS: list[dict[str, Any]] = [
    {"type": "header", "text": plain("Header :ghost:")},
    {"type": "section", "text": mrkdwn(TEXT)},
    {"type": "section", "fields": [mrkdwn("*One*\n1"), mrkdwn("*Two*\n2"), plain("Three")]},
    {"type": "section", "text": mrkdwn("With a button"), "accessory": button("Press")},
    {
        "type": "section",
        "text": mrkdwn("With a picture"),
        "accessory": {"type": "image", **PICTURE},
    },
    {"type": "divider"},
    {"type": "image", "title": plain("Title"), **PICTURE},
    {"type": "context", "elements": [mrkdwn("*small* print"), plain("and plain")]},
    {
        "type": "actions",
        "elements": [
            button("Go", style="primary"),
            button("Ask", style="danger", confirm=SURE),
            {
                "type": "static_select",
                "action_id": "menu",
                "placeholder": plain("Choose"),
                "options": OPTIONS,
            },
            {"type": "overflow", "action_id": "more", "options": OPTIONS},
        ],
    },
    {
        "type": "actions",
        "elements": [
            menu("users_select", "Who"),
            menu("conversations_select", "Where"),
            menu("channels_select", "Which channel"),
            menu("multi_static_select", "Several", options=OPTIONS),
            {"type": "datepicker", "action_id": "day", "placeholder": plain("Day")},
            {"type": "timepicker", "action_id": "hour", "placeholder": plain("Hour")},
        ],
    },
    {
        "type": "actions",
        "elements": [
            {"type": "checkboxes", "action_id": "boxes", "options": OPTIONS},
            {"type": "radio_buttons", "action_id": "radio", "options": OPTIONS},
        ],
    },
    {
        "type": "rich_text",
        "elements": [
            words(word("rich "), word("bold", "bold"), {"type": "user", "user_id": "U0MAX"}),
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [words(word("first")), words(word("second", "code"))],
            },
            words(word("quoted"), kind="rich_text_quote"),
            words(word("{\n  fixed\n}"), kind="rich_text_preformatted"),
        ],
    },
    {
        "type": "table",
        "column_settings": [{"is_wrapped": True}, {"align": "right"}],
        "rows": [[cell("Agent"), cell("Results")], [cell("LinkedIn Search"), cell("120")]],
    },
    {
        "type": "data_table",
        "caption": "Results of LinkedIn Search",
        "page_size": 3,
        "rows": [
            [cell("Name"), cell("Shared connections")],
            *([cell(name), count(shared)] for name, shared in PEOPLE.items()),
        ],
    },
]
for number, block in enumerate(BLOCKS):
    block["block_id"] = f"block-{number}"


def field(label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    name = label.lower()
    named = {**element, "action_id": name}
    return {"type": "input", "block_id": name, "label": plain(label), "element": named, **more}


FORM = {
    "type": "modal",
    "title": plain("Every field"),
    "submit": plain("Send"),
    "close": plain("Cancel"),
    "blocks": [
        field("Text", {"type": "plain_text_input"}, hint=plain("A hint")),
        field("Lines", {"type": "plain_text_input", "multiline": True}, optional=True),
        field("Number", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
        field("One", {"type": "static_select", "options": OPTIONS}),
        field("Several", {"type": "multi_static_select", "options": OPTIONS}, optional=True),
        field("Where", {"type": "conversations_select"}, optional=True),
        field("People", {"type": "multi_users_select", "initial_users": ["U0MAX"]}, optional=True),
        field("Boxes", {"type": "checkboxes", "options": OPTIONS}, optional=True),
        field("Radio", {"type": "radio_buttons", "options": OPTIONS}, optional=True),
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("Nothing is sent anywhere.")]},
    ],
}
