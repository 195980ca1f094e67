"""Read DATABASE_URL, for SQLAlchemy and for redaction."""

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from phantombot.config_values import Environ, optional
from phantombot.errors import SettingsError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

DATABASE_URL = "sqlite:///phantombot.db"
_MODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
_SSL = dict.fromkeys(("true", "1", "yes", "on"), "require") | {
    **dict.fromkeys(("false", "0", "no", "off"), "disable"),
    **{mode: mode for mode in _MODES},
}
"""`sslmode` for the values that other frameworks give `ssl`."""
_KNOWN = frozenset(
    (
        *("service", "user", "password", "passfile", "dbname", "host", "hostaddr", "port"),
        *("options", "application_name", "fallback_application_name", "client_encoding"),
        *("connect_timeout", "tcp_user_timeout", "keepalives", "keepalives_idle"),
        *("keepalives_interval", "keepalives_count", "target_session_attrs", "load_balance_hosts"),
        *("sslmode", "sslnegotiation", "sslcompression", "sslcert", "sslkey", "sslcertmode"),
        *("sslpassword", "sslrootcert", "sslcrl", "sslcrldir", "sslsni", "channel_binding"),
        *("ssl_min_protocol_version", "ssl_max_protocol_version", "requirepeer", "require_auth"),
        *("gssencmode", "krbsrvname", "gsslib", "gssdelegation"),
    )
)
"""PostgreSQL's own parameters; it refuses an address with any other."""

log = logging.getLogger(__name__)


def read_database_url(environ: Environ) -> str:
    """Return DATABASE_URL as SQLAlchemy expects it, which refuses Heroku's `postgres://`.

    PostgreSQL on another machine requires TLS unless the address sets `sslmode`: the driver's
    default falls back to plain text, and would send keys and passwords in clear. The certificate
    isn't verified, since Heroku's are self-signed; `sslmode=verify-full` verifies it.

    Raises:
        SettingsError: it is neither a PostgreSQL nor a SQLite address.
    """
    text = optional(environ, "DATABASE_URL") or DATABASE_URL
    scheme, separator, rest = text.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg") and rest:
        return _adapted(environ, f"postgresql+psycopg://{rest}")
    if text.startswith("sqlite:///") and len(text) > len("sqlite:///"):
        return text
    raise SettingsError(
        "DATABASE_URL must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
    )


def database_passwords(environ: Environ) -> tuple[str, ...]:
    """Return the password in DATABASE_URL as it is typed, sent and escaped; for redaction.

    If the address can't be parsed, all of it is returned.
    """
    text = optional(environ, "DATABASE_URL")
    url = _parsed(text)
    if url is None:
        return (text,)
    typed = text.partition("://")[2].rpartition("@")[0].partition(":")[2]
    sent = [url.password or "", *_all(url, "password")]
    return tuple(dict.fromkeys([typed, *sent, *(quote(one, safe="") for one in sent)]))


def _adapted(environ: Environ, text: str) -> str:
    """Return the address without parameters that PostgreSQL refuses, requiring TLS if needed."""
    given = _parsed(text)
    if given is None:
        return text  # the driver reports what is wrong with it
    url = _without_strangers(given)
    host = next(iter(_all(url, "host")), url.host or "")
    if not ("sslmode" in url.query or optional(environ, "PGSSLMODE") or _is_local(host)):
        url = url.update_query_dict({"sslmode": "require"})
    return text if url is given else url.render_as_string(hide_password=False)


def options_of(url: str, ours: str) -> str:
    """Return the `options` of an address followed by ours, which override them."""
    parsed = _parsed(url)
    return " ".join([*(_all(parsed, "options") if parsed else ()), ours])


def _without_strangers(url: "URL") -> "URL":
    """Return the address without other frameworks' parameters, which PostgreSQL refuses.

    Log their names, but not their values.
    """
    kept = {name: value for name, value in url.query.items() if name in _KNOWN}
    word = next(reversed(_all(url, "ssl")), "").lower()
    if "sslmode" not in kept and word in _SSL:
        kept["sslmode"] = _SSL[word]
    strangers = sorted(url.query.keys() - _KNOWN - {"ssl"})
    if strangers:
        log.warning("DATABASE_URL: PostgreSQL has no parameter %s; left out", ", ".join(strangers))
    return url if kept == dict(url.query) else url.set(query=kept)


def _all(url: "URL", name: str) -> tuple[str, ...]:
    found = url.query.get(name, ())
    return (found,) if isinstance(found, str) else found


def _parsed(text: str) -> "URL | None":
    """Return the address as SQLAlchemy parses it, so that all code sees the same host."""
    # Slow to import, and not every command opens the database.
    from sqlalchemy.engine import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        return None


def _is_local(host: str) -> bool:
    """Return whether it is a socket, this machine, or a private network's name without a dot."""
    if host in ("", "127.0.0.1", "::1") or host.startswith("/"):
        return True
    return "." not in host and ":" not in host
