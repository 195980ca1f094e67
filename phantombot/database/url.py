"""Where the store is: DATABASE_URL, read for SQLAlchemy."""

from urllib.parse import parse_qs, urlsplit

from phantombot.config_values import Environ, optional
from phantombot.errors import SettingsError

DATABASE_URL = "sqlite:///phantombot.db"


def read_database_url(environ: Environ) -> str:
    """DATABASE_URL as SQLAlchemy wants it; Heroku writes `postgres://`, which it refuses.

    Where it does not say how, a PostgreSQL on another machine is spoken to under TLS only: its
    driver would take no for an answer, and send keys and passwords in clear. The certificate is not
    verified, since Heroku's are signed by nobody; `sslmode=verify-full` does that where it can be.

    Raises:
        SettingsError: it is neither PostgreSQL's nor SQLite's.
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


def _tls(environ: Environ, rest: str) -> str:
    """What is to be put behind the address; `rest` is the address without its scheme."""
    try:
        parts = urlsplit(f"postgresql://{rest}")
        query = parse_qs(parts.query)
        host = (query.get("host") or [parts.hostname or ""])[0]
    except ValueError:
        return ""  # the driver says what is wrong with it
    if "sslmode" in query or optional(environ, "PGSSLMODE") or _is_near(host):
        return ""
    return ("&" if parts.query else "?") + "sslmode=require"


def _is_near(host: str) -> bool:
    """A socket, this machine, or a name without a dot, as in a private network of containers."""
    if host in ("", "127.0.0.1", "::1") or host.startswith("/"):
        return True
    return "." not in host and ":" not in host
