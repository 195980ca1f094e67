import pytest
from messages.rendering import rendered, visible

TEXT = {"type": "mrkdwn", "text": "*One*\n\nTwo & <@U1>", "verbatim": True}
SECTION = {"type": "section", "text": TEXT}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def message(*blocks: object, text: str = "") -> dict[str, object]:
    return {"text": text, "blocks": list(blocks)}


BUTTON = {"type": "button", "text": plain("Stop"), "action_id": "stop", "value": "1 785"}
CONFIRM = {one: plain(one.title()) for one in ("title", "text", "confirm", "deny")}
IMAGE = {"type": "image", "image_url": "https://a.test/b.png", "alt_text": "A map"}


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (SECTION, "- *One*\n\n  Two & <@U1>"),
        (
            SECTION | {"accessory": BUTTON},
            '- *One*\n\n  Two & <@U1>\n  accessory: [Stop] stop="1 785"',
        ),
        (
            {
                "type": "actions",
                "elements": [
                    BUTTON | {"value": "1", "style": "danger", "confirm": CONFIRM},
                    BUTTON,
                ],
            },
            (
                '- [Stop] stop=1 style=danger confirm: "Title / Text / Confirm / Deny"\n'
                '  [Stop] stop="1 785"'
            ),
        ),
        ({"type": "header", "text": plain("Now")}, "- header: Now"),
        ({"type": "divider"}, "- divider"),
        (
            IMAGE | {"title": plain("Where")},
            '- image https://a.test/b.png "A map"\n    title: "Where"',
        ),
        (
            {"type": "context", "elements": [IMAGE, TEXT | {"text": "Of today"}]},
            '- context: image https://a.test/b.png "A map"\n  Of today',
        ),
        (
            {
                "type": "table",
                "rows": [[{"type": "raw_text", "text": one} for one in ("a", "b·c", "")]],
                "column_settings": [{"align": "left"}, {"align": "right"}],
            },
            '- table: left, right\n  a · "b·c" · ',
        ),
    ],
)
def test_a_block_reads_as_text(block: dict[str, object], text: str):
    assert rendered(message(block, text="Heard")) == f"- text: Heard\n{text}"


def test_the_text_of_a_notification_is_shown_only_where_it_differs_from_the_blocks():
    said = TEXT["text"]
    assert rendered(message(SECTION, text=str(said))) == "- *One*\n\n  Two & <@U1>"


@pytest.mark.parametrize(
    "block",
    [
        {"type": "video"},
        {"type": "actions", "elements": [BUTTON | {"type": "datepicker"}]},
        {"type": "section", "text": TEXT | {"verbatim": False}},
        {"type": "section", "text": plain("One")},
        SECTION | {"fields": [TEXT]},
        {"type": "header", "text": plain("Now") | {"emoji": True}},
    ],
)
def test_what_the_renderer_does_not_know_is_refused(block: dict[str, object]):
    with pytest.raises((TypeError, ValueError)):
        rendered(message(block))


def test_a_kind_of_view_that_the_renderer_does_not_know_is_refused():
    with pytest.raises(ValueError, match="workflow_step"):
        rendered({"view": {"type": "workflow_step"}, "answer": {}, "text": "", "blocks": []})


def test_what_cannot_be_seen_is_shown_as_an_escape():
    assert visible("\ufeffa\u200db\r\nc\n") == r"\ufeffa\u200db\r" + "\n" + r"c\n"
