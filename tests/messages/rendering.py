"""Messages, forms and menus as text that reads in a diff. Nothing that is sent is left out."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

WORD = re.compile(r'[^\s",\[\]{}]+')
"""What reads without quotes."""


def rendered(shown: dict[str, Any]) -> str:
    """Return the text of what `sampling.shown` returns; raise where it holds something unknown."""
    return "\n".join(_item(part) for part in _parts(shown))


def visible(text: str) -> str:
    r"""Return the text with what cannot be seen in its place as an escape, like `\r`."""
    if text.endswith("\n"):
        return visible(text[:-1]) + r"\n"
    shown = (one if one == "\n" or one.isprintable() else _escape(one) for one in text)
    return "".join(shown)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _item(text: str) -> str:
    """Mark where a part begins, and indent the rest of it."""
    first, *others = visible(text).split("\n")
    return "\n".join([f"- {first}", *_indented(others)])


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _parts(shown: dict[str, Any]) -> Iterator[str]:
    yield from _head(shown)
    yield from (_typed(block, BLOCKS) for block in shown["blocks"])


def _head(shown: dict[str, Any]) -> Iterator[str]:
    """Render what is sent beside the blocks; `text` only where it is not what they say."""
    match shown:
        case {"view": view}:
            yield from (f"{name}: {_value(part)}" for name, part in shown["answer"].items())
            yield _typed(view, VIEWS)
        case {"menu": options}:
            yield from map(_value, options)
        case {"file": {"name": name, "title": title}, "text": content}:
            yield from (f"file {name}: {title}", content)
        case _:
            blocks = shown["blocks"]
            if shown["text"] not in (_words(blocks), _words(blocks, small_print=True)):
                yield f"text: {shown['text']}"


def _words(blocks: list[dict[str, Any]], *, small_print: bool = False) -> str:
    return "\n".join(line for block in blocks for line in _words_of(block, small_print))


def _words_of(block: dict[str, Any], small_print: bool) -> list[str]:
    """Return what a block says that the text for notifications is expected to say, too."""
    match block:
        case {"type": "section"}:
            return [block["text"]["text"]]
        case {"type": "context", "elements": elements} if small_print:
            return [element["text"] for element in elements if "text" in element]
        case {"type": "table", "rows": rows}:
            return [" · ".join(cell["text"] for cell in row) for row in rows]
    return []


def _typed(thing: dict[str, Any], renderers: dict[str, Callable[..., str]]) -> str:
    """Render a view, a block or an element by its type."""
    kind, fields = thing["type"], {name: part for name, part in thing.items() if name != "type"}
    if kind not in renderers:
        raise ValueError(f"nothing renders {kind!r}; known are {', '.join(renderers)}")
    return renderers[kind](**fields)


def _section(*, text: Any, accessory: Any = None) -> str:
    beside = f"\naccessory: {_typed(accessory, ELEMENTS)}" if accessory else ""
    return _mrkdwn(text) + beside


def _actions(*, elements: list[Any]) -> str:
    return "\n".join(_typed(element, ELEMENTS) for element in elements)


def _header(*, text: Any) -> str:
    return f"header: {_plain(text)}"


def _context(*, elements: list[Any]) -> str:
    shown = (_typed(one, ELEMENTS) if one["type"] == "image" else _mrkdwn(one) for one in elements)
    return "context: " + "\n".join(shown)


def _image(*, image_url: str, alt_text: str, **fields: Any) -> str:
    return "\n".join([f"image {image_url} {_quoted(alt_text)}", *_fields(fields)])


def _table(*, rows: list[list[Any]], column_settings: list[Any]) -> str:
    columns = ", ".join(_align(**column) for column in column_settings)
    lines = (" · ".join(map(_cell, row)) for row in rows)
    return "\n".join([f"table: {columns}", *lines])


def _align(*, align: str) -> str:
    return align


def _cell(cell: Any) -> str:
    text = _only_text(cell, {"type": "raw_text"})
    return _quoted(text) if "·" in text or "\n" in text else text


def _input(*, label: Any, element: Any, **fields: Any) -> str:
    lines = [*_fields(fields), *_indented(_typed(element, ELEMENTS).split("\n"))]
    return "\n".join([f"input: {_plain(label)}", *lines])


def _button(*, text: Any, action_id: str, value: str, confirm: Any = None, **others: Any) -> str:
    line = [f"[{_plain(text)}] {action_id}={_word(value)}"]
    line += [f"{name}={_value(part)}" for name, part in others.items()]
    return " ".join([*line, *([_confirm(**confirm)] if confirm else [])])


def _confirm(*, title: Any, text: Any, confirm: Any, deny: Any, **style: str) -> str:
    asked = _quoted(" / ".join(map(_plain, (title, text, confirm, deny))))
    return " ".join([f"confirm: {asked}", *(f"{name}={how}" for name, how in style.items())])


def _listed(kind: str) -> Callable[..., str]:
    """Return a renderer of a view or an input's element: its fields on a line each."""

    def render(*, action_id: str = "", **fields: Any) -> str:
        return "\n".join([f"{kind} {action_id}".rstrip(), *_fields(fields)])

    return render


def _fields(fields: dict[str, Any]) -> list[str]:
    return _indented([line for name, part in fields.items() for line in _field(name, part)])


def _field(name: str, value: Any) -> list[str]:
    """Render a field on a line, and the options of a menu on a line each."""
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return [f"{name}:", *_indented([_value(one) for one in value])]
    return [f"{name}: {_value(value)}"]


def _value(value: Any) -> str:
    match value:
        case str():
            return _word(value)
        case bool() | int():
            return json.dumps(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case {"type": _}:
            return _quoted(_plain(value))
        case {"text": text, "value": chosen, **rest} if not rest:
            return f"{_value(chosen)} {_value(text)}"
        case dict():
            return f"{{{', '.join(f'{name}: {_value(part)}' for name, part in value.items())}}}"
    raise ValueError(f"nothing renders {value!r}")


def _word(text: str) -> str:
    return text if WORD.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _mrkdwn(text: Any) -> str:
    return _only_text(text, {"type": "mrkdwn", "verbatim": True})


def _plain(text: Any) -> str:
    return _only_text(text, {"type": "plain_text"})


def _only_text(text: Any, rest: dict[str, Any]) -> str:
    """Return the text of an object that has these other fields."""
    if {name: part for name, part in text.items() if name != "text"} != rest:
        raise ValueError(f"a text with {rest} was expected, not {text!r}")
    return str(text["text"])


BLOCKS: dict[str, Callable[..., str]] = {
    "actions": _actions,
    "context": _context,
    "divider": lambda: "divider",
    "header": _header,
    "image": _image,
    "input": _input,
    "section": _section,
    "table": _table,
}
CONTROLS = (
    "checkboxes",
    "conversations_select",
    "external_select",
    "multi_conversations_select",
    "multi_static_select",
    "multi_users_select",
    "plain_text_input",
    "radio_buttons",
    "static_select",
    "timepicker",
)
ELEMENTS: dict[str, Callable[..., str]] = {"button": _button, "image": _image}
ELEMENTS |= {kind: _listed(kind) for kind in CONTROLS}
VIEWS = {kind: _listed(kind) for kind in ("home", "modal")}
