"""Reads DATABASE_URL, for SQLAlchemy and for redaction."""

import logging
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from phantombot.config_values import Environ, optional
from phantombot.errors import SettingsError

DATABASE_URL = "sqlite:///phantombot.db"
_MODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
_SSL = dict.fromkeys(("true", "1", "yes", "on"), "require") | {
    **dict.fromkeys(("false", "0", "no", "off"), "disable"),
    **{mode: mode for mode in _MODES},
}
"""`sslmode` by what other frameworks call `ssl`."""
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
        rest = _without_strangers(rest)
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


def options_of(url: str, ours: str) -> str:
    """Return the `options` of an address, and ours after them, which count if both say the same."""
    _, _, query = url.partition("?")
    given = [value for name, value in parse_qsl(query) if name == "options"]
    return " ".join([*given, ours])


def _without_strangers(rest: str) -> str:
    """Return the address without parameters of other frameworks' that PostgreSQL refuses.

    Which ones is logged, and their values are not.
    """
    before, mark, query = rest.partition("?")
    if not mark:
        return rest
    given = parse_qsl(query, keep_blank_values=True)
    named = {name for name, _ in given}
    kept = [(name, value) for name, value in given if name in _KNOWN]
    if "sslmode" not in named:
        kept += [("sslmode", _SSL[word]) for word in _ssl_words(given) if word in _SSL]
    strangers = sorted(named - _KNOWN - {"ssl"})
    if strangers:
        log.warning("DATABASE_URL: PostgreSQL has no parameter %s; left out", ", ".join(strangers))
    if kept == given:
        return rest
    return "?".join(filter(None, (before, urlencode(kept, quote_via=quote, safe="/"))))


def _ssl_words(given: list[tuple[str, str]]) -> list[str]:
    return [value.lower() for name, value in given if name == "ssl"][-1:]


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
