"""Rich text: which parts can hold which elements. Source: Slack's reference of the block."""

from phantombot.sandbox.slack.block_kit.checks import (
    Check,
    flag,
    kinds,
    one_of,
    several,
    shape,
    text,
    whole,
)
from phantombot.sandbox.slack.block_kit.parts import ANY, BLOCK_ID

_STYLE = shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))
_MENTION_STYLE = shape(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "highlight", "client_highlight", "unlink", "underline"), flag
    ),
)


def _word(kind: str, name: str, held: Check, style: Check = _MENTION_STYLE, **more: Check) -> Check:
    return shape({"type": one_of(kind), name: held}, {"style": style, **more})


_TEXT = _word("text", "text", text(1), _STYLE)
_LINK = _word("link", "url", text(1), _STYLE, text=text(), unsafe=flag)
_WORDS: dict[str, Check] = {
    "text": _TEXT,
    "link": _LINK,
    "user": _word("user", "user_id", text(1)),
    "usergroup": _word("usergroup", "usergroup_id", text(1)),
    "channel": _word("channel", "channel_id", text(1)),
    "team": _word("team", "team_id", text(1)),
    "emoji": _word("emoji", "name", text(1), unicode=ANY, skin_tone=whole(1, 6)),
    "broadcast": _word("broadcast", "range", one_of("here", "channel", "everyone")),
    "color": _word("color", "value", text(1)),
    "date": shape(
        {"type": one_of("date"), "timestamp": whole(0), "format": text(1)},
        {"url": ANY, "fallback": ANY, "style": _STYLE},
    ),
}

_SECTION = shape({"type": one_of("rich_text_section"), "elements": several(kinds(_WORDS))})
_BORDER = whole(0, 1)
_PARTS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": shape(
        {"type": one_of("rich_text_quote"), "elements": several(kinds(_WORDS))},
        {"border": _BORDER},
    ),
    "rich_text_preformatted": shape(
        {
            "type": one_of("rich_text_preformatted"),
            "elements": several(kinds({"text": _TEXT, "link": _LINK})),
        },
        {"border": _BORDER, "language": ANY},
    ),
    "rich_text_list": shape(
        {
            "type": one_of("rich_text_list"),
            "style": one_of("bullet", "ordered"),
            "elements": several(kinds({"rich_text_section": _SECTION})),
        },
        {"indent": whole(0, 8), "offset": whole(0), "border": _BORDER},
    ),
}

RICH_TEXT = shape(
    {"type": one_of("rich_text"), "elements": several(kinds(_PARTS), 1)}, {"block_id": BLOCK_ID}
)
