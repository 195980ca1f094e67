"""Reads an HTTP answer in JSend's form: its data, or one of our exceptions."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from phantombot.errors import (
    AgentNotFound,
    AnswerUnreadable,
    BadParameters,
    KeyRejected,
    PhantombusterError,
    RateLimited,
    Redirected,
    ServerFault,
)
from phantombot.phantombuster.answers import read_json
from phantombot.phantombuster.redaction import redact

OK = range(200, 300)
"""The statuses of success: 200 in the 2014 form, "2XX" in the later one."""
_MOVED = range(300, 400)
_WRONG = range(400, 600)
_LONGEST_SAID = 300
_TOO_LONG_TO_REDACT = 10_000


@dataclass(frozen=True)
class HttpAnswer:
    """One answer as it came. A body that could not be read to its end is empty."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def read_data(answer: HttpAnswer, secrets: Iterable[str]) -> Any:
    """`data` of a JSend success.

    Raises:
        PhantombusterError: anything else, as what it means; `said` holds none of the secrets.
    """
    status = answer.status
    if status in _MOVED:
        raise Redirected(status=status)
    envelope = _envelope(answer.body)
    said = _said(envelope.get("message"), secrets)
    if status not in OK:
        raise _refusal(status, said, answer.headers)
    if envelope.get("status") == "success" and "data" in envelope:
        return envelope["data"]
    if envelope.get("status") == "error":
        code = envelope.get("code")
        known = isinstance(code, int) and code in _WRONG
        raise _refusal(code if known else None, said, answer.headers)
    raise AnswerUnreadable(said, status=status)


def _envelope(body: bytes) -> dict[str, Any]:
    """An answer that is no JSON object is an empty one: all that JSend asks for is missing."""
    with suppress(ValueError):
        envelope = read_json(body)
        return envelope if isinstance(envelope, dict) else {}
    return {}


def _refusal(code: int | None, said: str, headers: Mapping[str, str]) -> PhantombusterError:
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(said, retry_after=_pause(headers.get("Retry-After", "")))
    if code is not None and code < OK.start:
        return AnswerUnreadable(said, status=code)
    if code is not None and code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerFault(said, status=code)
    named = {401: KeyRejected, 404: AgentNotFound}
    return named.get(code or 0, BadParameters)(said, status=code)


def _pause(retry_after: str) -> float:
    """Seconds from a Retry-After in seconds or as a date: 0..300, and 30 where it says neither."""
    if re.fullmatch(r"[0-9]+", retry_after):
        return min(float(retry_after), 300.0)
    try:
        until = parsedate_to_datetime(retry_after)
    except (TypeError, ValueError, OverflowError):
        return 30.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((until - datetime.now(UTC)).total_seconds(), 0.0), 300.0)


def _said(message: Any, secrets: Iterable[str]) -> str:
    if not isinstance(message, str) or len(message) > _TOO_LONG_TO_REDACT:
        return ""
    return redact(message.encode(errors="replace").decode(), secrets)[:_LONGEST_SAID]
