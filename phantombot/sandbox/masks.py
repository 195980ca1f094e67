"""The secrets in a request, and the masks that replace them wherever the request is shown."""

from collections.abc import Iterator
from typing import Any

from phantombot.messages.keys import KEY_INPUT
from phantombot.sandbox.server import Request
from phantombot.sandbox.wording import read_body

_HEADERS = ("authorization", "x-phantombuster-key-1", "x-phantombuster-key")
_FIELDS = ("token", "client_secret", "access_token")
_HELD = ("argument", "arguments", "bonusArgument", "proxyUsername", "proxyPassword")
"""Fields of Phantombuster's requests and answers that can hold a session cookie or a password."""
_ENDS_SHOWN = 12
"""Secrets longer than this show their last four characters."""


def secrets_in(request: Request) -> set[str]:
    """Return all tokens and keys in the request, including a key that is being typed."""
    headers = {request.headers.get(name, "").rpartition(" ")[2] for name in _HEADERS}
    body = read_body(request.body, request.headers.get("content-type", ""))
    return {one for one in headers | set(_hidden(body)) if one}


def masked(thing: Any, secrets: frozenset[str]) -> Any:
    """Return a copy with every secret masked, at any depth."""
    if isinstance(thing, dict):
        return {name: masked(value, secrets) for name, value in thing.items()}
    if isinstance(thing, list):
        return [masked(one, secrets) for one in thing]
    if not isinstance(thing, str):
        return thing
    for secret in sorted(secrets, key=len, reverse=True):
        thing = thing.replace(secret, _mask(secret))
    return thing


def without_arguments(thing: Any) -> Any:
    """Return a copy in which arguments and the like are masked, at any depth."""
    if isinstance(thing, list):
        return [without_arguments(one) for one in thing]
    if not isinstance(thing, dict):
        return thing
    return {
        name: "•••" if name in _HELD and value else without_arguments(value)
        for name, value in thing.items()
    }


def _hidden(body: Any) -> Iterator[str]:
    if isinstance(body, list):
        for one in body:
            yield from _hidden(one)
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        if name in _FIELDS and isinstance(value, str):
            yield value
        elif name == KEY_INPUT and isinstance(value, dict):
            yield from (str(one["value"]) for one in value.values() if one.get("value"))
        elif name == "text" and isinstance(value, str) and value.startswith("key "):
            yield from (word for word in value.split()[1:] if word != "remove")
        else:
            yield from _hidden(value)


def _mask(secret: str) -> str:
    return f"•••{secret[-4:]}" if len(secret) > _ENDS_SHOWN else "•••"
