"""Reads DATABASE_URL, for SQLAlchemy and for redaction."""

from urllib.parse import parse_qs, urlsplit

from phantombot.config_values import Environ, optional
from phantombot.errors import SettingsError

DATABASE_URL = "sqlite:///phantombot.db"


def read_database_url(environ: Environ) -> str:
    """Return DATABASE_URL as SQLAlchemy wants it; Heroku's `postgres://` is an alias it refuses.

    PostgreSQL on another machine requires TLS unless the address sets `sslmode`: the driver's
    default falls back to plain text, and would send keys and passwords in clear. The certificate
    isn't verified, since Heroku's are self-signed; `sslmode=verify-full` verifies it.

    Raises:
        SettingsError: it is neither a PostgreSQL nor a SQLite address.
    """
    text = optional(environ, "DATABASE_URL") or DATABASE_URL
    scheme, separator, rest = text.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg") and rest:
        return f"postgresql+psycopg://{rest}{_tls(environ, rest)}"
    if text.startswith("sqlite:///") and len(text) > len("sqlite:///"):
        return text
    raise SettingsError(
        "DATABASE_URL must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
    )


def database_password(environ: Environ) -> str:
    """Return the password in DATABASE_URL, or all of it if it can't be parsed; for redaction."""
    text = optional(environ, "DATABASE_URL")
    try:
        return urlsplit(text).password or ""
    except ValueError:
        return text


def _tls(environ: Environ, rest: str) -> str:
    """Return the suffix that requires TLS, if needed; `rest` is the address without its scheme."""
    try:
        parts = urlsplit(f"postgresql://{rest}")
        query = parse_qs(parts.query)
        host = (query.get("host") or [parts.hostname or ""])[0]
    except ValueError:
        return ""  # the driver reports what is wrong with it
    if "sslmode" in query or optional(environ, "PGSSLMODE") or _is_local(host):
        return ""
    return ("&" if parts.query else "?") + "sslmode=require"


def _is_local(host: str) -> bool:
    """Return whether it is a socket, this machine, or a private network's name without a dot."""
    if host in ("", "127.0.0.1", "::1") or host.startswith("/"):
        return True
    return "." not in host and ":" not in host
