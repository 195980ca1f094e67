"""One variable of the environment: as it stands there, as it must, and as an address."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from phantombot.errors import SettingsError

Environ = Mapping[str, str]


def optional(environ: Environ, name: str) -> str:
    """What it is set to; empty where it is not."""
    return environ.get(name, "").strip()


def required(environ: Environ, name: str, hint: str) -> str:
    """What it is set to; `hint` says where that is found, or what for.

    Raises:
        SettingsError: it is not set.
    """
    value = optional(environ, name)
    if not value:
        raise SettingsError(f"{name} is missing: {hint}.")
    return value


def address(environ: Environ, name: str, default: str) -> str:
    """An address of http or https, with a slash at the end.

    Raises:
        SettingsError: it is none, or has a query.
    """
    text = optional(environ, name) or default
    problem = SettingsError(f"{name} must be an address such as {default}, without a query.")
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port  # raises where it is none
    except ValueError:
        raise problem from None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise problem
    return text.rstrip("/") + "/"
