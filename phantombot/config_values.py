"""Read one environment variable: optional, required, or as an address."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from phantombot.errors import SettingsError

Environ = Mapping[str, str]


def optional(environ: Environ, name: str) -> str:
    """Return the variable's value; empty if unset."""
    return environ.get(name, "").strip()


def required(environ: Environ, name: str, hint: str) -> str:
    """Return the variable's value; `hint` says where to find it, or what it is for.

    Raises:
        SettingsError: it is not set.
    """
    value = optional(environ, name)
    if not value:
        raise SettingsError(f"{name} is missing: {hint}.")
    return value


def credential(environ: Environ, name: str, hint: str) -> str:
    """Return a secret that Slack issued, and check that it has no quotes or spaces.

    Some ways to set a variable keep the quotes around it.

    Raises:
        SettingsError: it is not set, or has quotes or spaces, which no such value has.
    """
    value = required(environ, name, hint)
    if not value.isascii() or set(value) & set("'\"` \t\r\n"):
        raise SettingsError(f"{name} must be set without quotes and spaces: {hint}.")
    return value


def address(environ: Environ, name: str, default: str) -> str:
    """Return an http or https address, with a trailing slash.

    Raises:
        SettingsError: it isn't one, or has a query.
    """
    text = optional(environ, name) or default
    problem = SettingsError(f"{name} must be an address such as {default}, without a query.")
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port  # raises ValueError if it is invalid
    except ValueError:
        raise problem from None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise problem
    return text.rstrip("/") + "/"
