"""Map answers of Slack's Web API to data or to our exceptions."""

import http.client
import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from phantombot.errors import CannotPost, SlackError, SlackRefused, SlackUnavailable
from phantombot.http_headers import read_retry_after

log = logging.getLogger(__name__)

_CANNOT_POST = frozenset(
    {
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "ekm_access_denied",
    }
)
_SLACK_AT_FAULT = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)
TOKEN_AT_FAULT = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
    }
)
_NEVER_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
"""Errors before a connection was made, so nothing was sent."""
RETRY_AFTER = 5.0
"""Seconds to wait if Slack names no time."""
_TOKEN_MENDED_AFTER = 60.0
"""Seconds until a bad token is tried again; an admin may have replaced it meanwhile."""


def asked(method: Callable[..., SlackResponse], **fields: Any) -> dict[str, Any]:
    """Return the answer's data.

    Raises:
        SlackError: it isn't a success.
    """
    answer = answered(method, **fields)
    return answer.data if isinstance(answer.data, dict) else {}


def answered(method: Callable[..., SlackResponse], **fields: Any) -> SlackResponse:
    """Return the answer, with its headers.

    Raises:
        SlackError: it isn't a success.
    """
    try:
        return method(**fields)
    except SlackApiError as error:
        response = error.response
        data = response.data if isinstance(response.data, dict) else {}
        # An answer without `ok` isn't Slack's, whatever the status.
        code = str(data.get("error") or "") if "ok" in data else ""
        raise error_of(response.status_code, code, response.headers) from None
    except (
        OSError,
        http.client.HTTPException,
        SlackClientError,
        ValueError,
        AttributeError,  # slack_sdk assumes that any JSON is an object
    ) as error:
        raise unreachable(error) from None


def unreachable(error: Exception) -> SlackUnavailable:
    """Return the exception for a call without an answer, which may have reached Slack."""
    reason = error.reason if isinstance(error, URLError) else error
    return SlackUnavailable("unreachable", refused=isinstance(reason, _NEVER_SENT))


def error_of(status: int, code: str, headers: Mapping[str, str]) -> SlackError:
    """Return the exception for an HTTP status and Slack's error code."""
    if status == http.client.TOO_MANY_REQUESTS:
        return SlackUnavailable("ratelimited", retry_after=_retry_after(headers))
    if status >= http.client.INTERNAL_SERVER_ERROR or code in _SLACK_AT_FAULT:
        return SlackUnavailable(code if code.isidentifier() else "no_answer")
    if code in TOKEN_AT_FAULT:
        # Nothing can be posted in Slack, so admins have to find it in the log.
        log.error("Slack refuses the bot's token (%s): reinstall the app and set its token", code)
        return SlackUnavailable(code, retry_after=_TOKEN_MENDED_AFTER, refused=True)
    if code in _CANNOT_POST:
        return CannotPost(code)
    if not code.isidentifier():
        # A page from a proxy between us and Slack: its 403 or 404 says nothing about a channel or a
        # message.
        return SlackUnavailable("no_answer")
    return SlackRefused(code)


def _retry_after(headers: Mapping[str, str]) -> float:
    values = [value for name, value in headers.items() if name.lower() == "retry-after"]
    return read_retry_after(values[0] if values else "", RETRY_AFTER)
