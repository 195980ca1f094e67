"""slack_sdk's WebClient, made to send the token only to Slack."""

import ssl
from typing import Any
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from slack_sdk import WebClient

TIMEOUT = 10
"""Seconds."""


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Follow no redirect, so that the answer is an error."""


def opener_of(tls: ssl.SSLContext) -> OpenerDirector:
    """Return the opener of requests; proxies come from the environment, NO_PROXY included."""
    return build_opener(_NoRedirects, HTTPSHandler(context=tls))


class SlackClient(WebClient):
    """A WebClient that follows no redirect: urllib would send the token along."""

    def __init__(
        self, token: str | None, base_url: str, tls: ssl.SSLContext, opener: OpenerDirector
    ) -> None:
        super().__init__(
            token=token, base_url=base_url, timeout=TIMEOUT, ssl=tls, retry_handlers=[]
        )
        self._opener = opener

    def _perform_urllib_http_request_internal(self, _url: str, req: Request) -> dict[str, Any]:
        with self._opener.open(req, timeout=self.timeout) as answer:
            charset = answer.headers.get_content_charset() or "utf-8"
            body = answer.read().decode(charset)
            return {"status": answer.status, "headers": answer.headers, "body": body}
