"""Send one HTTP request, with TLS, retries and limits."""

import json
import ssl
from collections.abc import Iterator
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import urlencode

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    LocationValueError,
    MaxRetryError,
)
from urllib3.util.retry import Retry

from phantombot.errors import (
    AnswerLost,
    AnswerTooLarge,
    AnswerUnreadable,
    BadParameters,
    PhantombusterError,
    Unreachable,
)
from phantombot.phantombuster.deadline import POOLS, call_within, is_over
from phantombot.phantombuster.responses import LARGEST_ANSWER, OK, HttpAnswer, HttpRequest
from phantombot.tls import tls_context


class Line:
    """The connections to one server; threads can share them.

    Up to `pool` connections are kept for reads, which are retried after a failure. `backoff` and
    `timeout`, to connect and to read, are in seconds.
    """

    def __init__(self, pool: int, backoff: float, timeout: tuple[float, float]) -> None:
        self.context = tls_context(DEFAULT_CA_BUNDLE_PATH)
        """For all sessions."""
        self._timeout = timeout
        self._reads = _session(self.context, pool, _read_retries(backoff))

    def send(self, request: HttpRequest, *, once: bool) -> HttpAnswer | PhantombusterError:
        """Send a request: with `once` never again, else with retries after a failure."""
        if not once:
            return exchange(self._reads, request, self._timeout)
        with _session_for_one_act(self.context) as session:
            return exchange(session, request, self._timeout)

    def close(self) -> None:
        """Close the connections kept for the next read."""
        self._reads.close()


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: requests would read the body of a redirect without limit."""


class _Adapter(HTTPAdapter):
    def __init__(self, context: ssl.SSLContext, pool: int, retries: Retry) -> None:
        self._context = context
        super().__init__(pool_maxsize=pool, max_retries=retries)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Do nothing: our TLS context verifies; loading the authorities again would take 20 ms."""


class _Retries(Retry):
    def increment(
        self,
        method: Any = None,
        url: Any = None,
        response: Any = None,
        error: Any = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        """Retry unless the deadline has passed; close the answer, which urllib3 would read."""
        if error is not None and is_over():
            raise MaxRetryError(_pool, url, error)
        following = super().increment(method, url, response, error, _pool, _stacktrace)
        if response is not None:
            response.close()
        return following


def _session_for_one_act(context: ssl.SSLContext) -> requests.Session:
    """Return a session that sends once, on a new connection: a stale one could lose the answer."""
    session = _session(context, 1, Retry(0, read=False))
    session.headers["Connection"] = "close"
    return session


def _session(context: ssl.SSLContext, pool: int, retries: Retry) -> requests.Session:
    session = _Session()
    session.trust_env = False  # no proxy, no .netrc: only our settings decide where the key goes
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "phantombot"
    session.headers["Accept"] = "application/json"
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(context, pool, retries))
    return session


def _read_retries(backoff: float) -> Retry:
    return _Retries(
        total=2,
        connect=2,
        read=1,
        status=2,
        redirect=0,
        other=0,
        allowed_methods={"GET"},
        status_forcelist=(500, 502, 503, 504),
        backoff_factor=backoff,
        raise_on_status=False,
        respect_retry_after_header=False,
    )


def exchange(
    session: requests.Session, request: HttpRequest, timeout: tuple[float, float]
) -> HttpAnswer | PhantombusterError:
    """Send a request; `timeout` is to connect and to read, in seconds; their sum bounds the call.

    Return an error instead of raising it: an error raised while handling another one would keep
    that one attached, with its URL.
    """
    try:
        with (
            call_within(sum(timeout)),
            session.send(
                _prepared(session, request), timeout=timeout, allow_redirects=False, stream=True
            ) as response,
        ):
            return _answer(response, request)
    except PhantombusterError as error:
        return error
    except UnicodeEncodeError:  # a lone surrogate in a parameter: nothing was sent
        return BadParameters()
    except (OSError, HTTPError) as error:  # requests' exceptions are OSErrors
        return _no_answer(error)


def _prepared(session: requests.Session, request: HttpRequest) -> requests.PreparedRequest:
    drawn = requests.Request(request.method, request.url, headers=dict(request.headers))
    if request.as_json:
        drawn.headers["Content-Type"] = "application/json"
        drawn.data = json.dumps(dict(request.parameters)).encode()
        return session.prepare_request(drawn)
    encoded = urlencode(request.parameters)
    if request.method == "POST":
        drawn.headers["Content-Type"] = "application/x-www-form-urlencoded"
        drawn.data = encoded
    else:
        drawn.params = encoded
    return session.prepare_request(drawn)


def _answer(response: requests.Response, request: HttpRequest) -> HttpAnswer:
    status, headers = response.status_code, response.headers
    round_trip = None if _was_retried(response) else response.elapsed
    pieces = _pieces(response, request.largest)
    if status in OK and request.read_stream is not None:
        streamed = request.read_stream(pieces)
        return HttpAnswer(status, headers, b"", round_trip, streamed)
    if status in OK:
        return HttpAnswer(status, headers, b"".join(pieces), round_trip)
    body = b""
    # The status decides here; the body only says why.
    with suppress(OSError, HTTPError, AnswerUnreadable):
        body = b"".join(_pieces(response, min(request.largest, LARGEST_ANSWER)))
    return HttpAnswer(status, headers, body, round_trip)


def _was_retried(response: requests.Response) -> bool:
    """Return whether the answer's `elapsed` includes earlier attempts."""
    return bool(response.raw.retries and response.raw.retries.history)


def _pieces(response: requests.Response, largest: int) -> Iterator[bytes]:
    """Yield the body as it arrives, since `read` would wait until a block is full.

    Raises:
        AnswerTooLarge: it has more bytes than `largest`.
    """
    read = 0
    while piece := response.raw.read1(65536, decode_content=True):
        read += len(piece)
        if read > largest:
            raise AnswerTooLarge(status=response.status_code)
        yield piece


def _no_answer(error: Exception) -> PhantombusterError:
    """Return Unreachable if the request was never sent, else an error that leaves it open."""
    cause = error.args[0] if isinstance(error, requests.RequestException) and error.args else error
    reason = getattr(cause, "reason", cause)  # a MaxRetryError keeps the last error there
    if isinstance(error, MissingSchema | InvalidSchema | InvalidURL):
        return Unreachable()
    if isinstance(reason, ConnectTimeoutError | LocationValueError):
        return Unreachable()
    return AnswerUnreadable() if isinstance(reason, DecodeError) else AnswerLost()
