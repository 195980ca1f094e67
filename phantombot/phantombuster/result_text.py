"""Read a run's result from an answer as JSON text; copy a large one without decoding it."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from phantombot.errors import AnswerUnreadable
from phantombot.text.json_stream import find_member, read_json

_LARGE = 100_000
_NAME, _WITHIN = "resultObject", "data"


@dataclass(frozen=True)
class _LargeResult:
    """A result as its text in the answer."""

    text: str = field(repr=False)


def read_answer(body: bytes) -> Any:
    """Read an answer's JSON; leave a large result in it for `result_of`.

    Raises:
        ValueError: it isn't JSON.
    """
    if len(body) < _LARGE:
        return read_json(body)
    with suppress(ValueError):  # not in the expected form: decode all of it
        text = body.decode(errors="surrogatepass")
        begun, ended = find_member(text, _NAME, _WITHIN) or (0, 0)
        if ended - begun >= _LARGE:
            answer = read_json(f"{text[:begun]}null{text[ended:]}")
            data = answer.get(_WITHIN)
            within = isinstance(data, dict) and _NAME in data
            (data if within else answer)[_NAME] = _LargeResult(text[begun:ended])
            return answer
    return read_json(body)


def result_of(value: Any) -> str | None:
    """Return a result as JSON text; None if there is none.

    It can be a JSON string that contains JSON (seen on the wire): then that is the result. A large
    one isn't validated.

    Raises:
        AnswerUnreadable: it isn't JSON.
    """
    if value is None:
        return None
    try:
        if isinstance(value, _LargeResult):
            return _unwrapped(value.text)
        if isinstance(value, str):
            with suppress(ValueError):
                return None if read_json(value) is None else value.strip()
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise AnswerUnreadable from None


def _unwrapped(text: str) -> str:
    held = read_json(text).strip() if text.startswith('"') else ""
    return held if held.startswith(("[", "{")) else text
