"""Turn an HTTP answer into its data, or into one of our exceptions.

v1 wraps its data in an envelope like JSend's; v2 does so only for errors.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from phantombot.errors import (
    AgentNotFound,
    AnswerLost,
    AnswerUnreadable,
    ArgumentTooLong,
    BadParameters,
    Forbidden,
    KeyRejected,
    NoScript,
    NotTheApi,
    ParallelLimit,
    PhantombusterError,
    PlanUsedUp,
    RateLimited,
    Redirected,
    ServerFault,
)
from phantombot.http_headers import read_date, read_retry_after
from phantombot.phantombuster.redaction import redact
from phantombot.phantombuster.result_text import read_answer

LARGEST_ANSWER = 5_000_000
OK = range(200, 300)
"""The statuses of success: 200 in the 2014 form, "2XX" in the later one."""
_MOVED = range(300, 400)
_WRONG = range(400, 600)
_REFUSALS: dict[int, type[PhantombusterError]] = {
    401: KeyRejected,
    402: PlanUsedUp,
    403: Forbidden,
    404: AgentNotFound,
    405: NotTheApi,
    408: AnswerLost,
    410: NotTheApi,
    412: NoScript,
    413: ArgumentTooLong,
    414: ArgumentTooLong,
    431: ArgumentTooLong,
    499: AnswerLost,
}
"""Any other status below 500 is about parameters."""
_ONLY_FROM_API = (403, 404)
_LONGEST_SAID = 300
_TOO_LONG_TO_REDACT = 10_000
_BARE = ("containerId", "agents", "outputPos")
"""Fields of data without an envelope, as v2 sends it."""
_NO_AGENT = re.compile(r"\W*(the )?agent( \S+)? ?(was |is )?not ?found\W*", re.IGNORECASE)
_PARALLEL = re.compile(r"parallel", re.IGNORECASE)
_PARALLEL_SLUG = "maxParallelismReached"


@dataclass(frozen=True)
class HttpRequest:
    """One request; a POST's parameters are sent in the body, a GET's in the URL."""

    method: str
    url: str
    parameters: Mapping[str, Any] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    largest: int = LARGEST_ANSWER
    """Maximum bytes to read of the answer's decoded body."""
    as_json: bool = False
    """Whether a POST's body is JSON instead of a form."""
    read_stream: Callable[[Iterator[bytes]], Any] | None = None
    """Reads a success as it arrives; raises AnswerUnreadable if it isn't what was requested."""


@dataclass(frozen=True)
class HttpAnswer:
    """One answer as received. A body that couldn't be read to its end is empty."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    round_trip: timedelta | None = None
    """From the request to the headers; None if it was sent more than once."""
    streamed: Any = field(default=None, repr=False)
    """What the request's `read_stream` returned, instead of the body."""


@dataclass(frozen=True)
class Reply:
    """The meaning of an answer: data, or an error."""

    data: Any = field(default=None, repr=False)
    error: PhantombusterError | None = None
    from_api: bool = False
    """Whether the API itself answered, as its envelope shows, rather than a proxy."""
    names_agent: bool = False
    """Whether it says in words that there is no such agent."""


@dataclass(frozen=True)
class _Envelope:
    fields: dict[str, Any]

    @property
    def data(self) -> Any:
        return self.fields.get("data") if "data" in self.fields or self.status else self.fields

    @property
    def status(self) -> Any:
        return self.fields.get("status")

    @property
    def succeeded(self) -> bool:
        bare = "status" not in self.fields and any(name in self.fields for name in _BARE)
        return bare or bool(self.status == "success")

    @property
    def failed(self) -> bool:
        return bool(self.status == "error")

    @property
    def text(self) -> str:
        """Return the error's text: in `message` by the documentation, in `error` today."""
        told = (_text(self.fields.get(name)) for name in ("message", "error"))
        return next(filter(None, told), "")

    @property
    def slug(self) -> str:
        details = self.fields.get("details")
        slug = details.get("detailedErrorSlug") if isinstance(details, dict) else None
        return slug if isinstance(slug, str) else ""

    @property
    def names_agent(self) -> bool:
        """Return whether it says that the agent wasn't found; a long text doesn't count."""
        return any(_NO_AGENT.fullmatch(told[:100]) for told in (self.text, self.slug))


def read_reply(answer: HttpAnswer, secrets: Iterable[str], *, launch: bool = False) -> Reply:
    """Return the meaning of an answer, without secrets in its error's text.

    `launch` means that it answers a launch: any success means that it was accepted, whatever the
    data, and only a launch can reach the limit on parallel runs.
    """
    envelope = _envelope(answer.body)
    if answer.status in OK and envelope.succeeded:
        return Reply(data=envelope.data, from_api=True)
    from_api = envelope.succeeded or envelope.failed
    return _error(answer, envelope, secrets, launch=launch, from_api=from_api)


def read_bare_reply(answer: HttpAnswer, secrets: Iterable[str], *, launch: bool = False) -> Reply:
    """Return the meaning of v2's answer, as `read_reply` does; an empty one is a success too."""
    data: Any = None
    is_json = False
    if answer.body.strip():
        with suppress(ValueError):
            data, is_json = read_answer(answer.body), True
    envelope = _Envelope(data if isinstance(data, dict) else {})
    is_read = is_json or answer.streamed is not None or not answer.body.strip()
    if answer.status in OK and is_read and not envelope.failed:
        return Reply(data=data if is_json else answer.streamed, from_api=True)
    return _error(answer, envelope, secrets, launch=launch, from_api=envelope.failed)


def _error(
    answer: HttpAnswer,
    envelope: _Envelope,
    secrets: Iterable[str],
    *,
    launch: bool,
    from_api: bool,
) -> Reply:
    status = answer.status
    said = _said(envelope.text, secrets)
    if status in _MOVED:
        return Reply(error=Redirected(status=status), from_api=from_api)
    code = status if status not in OK else _code(envelope)
    if status in OK and not envelope.failed:
        return Reply(error=AnswerUnreadable(said, status=status))
    names_agent = envelope.names_agent and (code is None or code in range(400, 500))
    if _is_parallel_limit(envelope, code) and launch:
        error: PhantombusterError = ParallelLimit(said, status=code)
    elif names_agent and code != HTTPStatus.UNAUTHORIZED:
        error = AgentNotFound(said, status=code)
    else:
        error = _refusal(code, said, answer.headers, from_api=from_api)
    return Reply(error=error, from_api=from_api, names_agent=names_agent)


def server_time(answer: HttpAnswer) -> datetime | None:
    """Return when the server sent the answer, by its own clock, to the second."""
    return read_date(answer.headers.get("Date", ""))


def _envelope(body: bytes) -> _Envelope:
    """Return the answer's JSON object; an envelope without fields if it isn't one."""
    with suppress(ValueError):
        envelope = read_answer(body)
        return _Envelope(envelope if isinstance(envelope, dict) else {})
    return _Envelope({})


def _code(envelope: _Envelope) -> int | None:
    """Return the status inside an error that came with HTTP status 200."""
    code = envelope.fields.get("code")
    return code if isinstance(code, int) and code in _WRONG else None


def _is_parallel_limit(envelope: _Envelope, code: int | None) -> bool:
    if code is not None and code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    told = code == HTTPStatus.TOO_MANY_REQUESTS and _PARALLEL.search(envelope.text[:_LONGEST_SAID])
    return envelope.slug == _PARALLEL_SLUG or bool(told)


def _refusal(
    code: int | None, said: str, headers: Mapping[str, str], *, from_api: bool
) -> PhantombusterError:
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(said, retry_after=read_retry_after(headers.get("Retry-After", ""), 30.0))
    if code is not None and code < OK.start:
        return AnswerUnreadable(said, status=code)
    if code is not None and code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerFault(said, status=code)
    if code in _ONLY_FROM_API and not from_api:
        return NotTheApi(said, status=code)
    return _REFUSALS.get(code or 0, BadParameters)(said, status=code)


def _text(told: Any) -> str:
    """Return the text in a field, which may be wrapped in an object or a list."""
    for _ in range(3):
        if isinstance(told, dict):
            told = told.get("message") or told.get("error")
        elif isinstance(told, list):
            told = told[0] if told else None
    return told if isinstance(told, str) else ""


def _said(text: str, secrets: Iterable[str]) -> str:
    if len(text) > _TOO_LONG_TO_REDACT:
        return ""
    return redact(text.encode(errors="replace").decode(), secrets)[:_LONGEST_SAID]
