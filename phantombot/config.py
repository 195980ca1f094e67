"""Read the environment once into Settings, or raise one sentence per problem."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from phantombot.config_values import Environ, address, credential, optional, required
from phantombot.database_url import database_passwords, read_database_url
from phantombot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

SLACK_API_URL = "https://slack.com/api/"
PHANTOMBUSTER_API_URL = "https://phantombuster.com/api/"
OTHER_PHANTOMBUSTER_API_URL = "https://api.phantombuster.com/api/"
"""Tried if the first one doesn't answer, unless PHANTOMBUSTER_API_URL is set."""
EXAMPLE_ADDRESS = "https://phantombot.example.com"
"""PUBLIC_URL's placeholder in manifest.yml."""
INSTALL = "slack/install"
"""Path, after PUBLIC_URL, of the page that installs the app."""
PORT = 3000
RUNS_KEPT = timedelta(days=90)

_MANY_WORKSPACES = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
_SOCKET_MODE = ("SLACK_APP_TOKEN",)
_SLACK_CREDENTIALS = ("SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", *_MANY_WORKSPACES, *_SOCKET_MODE)
_OF_A_SERVER = (
    *_SLACK_CREDENTIALS,
    *("SLACK_API_URL", "PHANTOMBUSTER_API_URL", "DATABASE_URL", "PHANTOMBOT_SECRET", "PUBLIC_URL"),
    *("RUNS_KEPT_DAYS", "LOG_FORMAT"),
)
"""All variables except PORT, which the sandbox's page uses too."""
_SECRETS = (
    *("SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "SLACK_CLIENT_SECRET", "SLACK_APP_TOKEN"),
    "PHANTOMBOT_SECRET",
)
_SHORTEST_SECRET = 16
_SHORTEST_KNOWN = 6
"""Minimum characters for redaction; anything shorter also occurs in ordinary words."""
_HIGHEST_PORT = 65535
_FEWEST_DAYS = 8
"""Minimum: recent runs are needed to tell a lost launch from known ones."""
_MOST_DAYS = 3650


@dataclass(frozen=True)
class Settings:
    """Settings of the bot; its repr leaves secrets out."""

    port: int
    signing_secret: str = field(repr=False)
    """Empty if Slack only sends through a socket."""
    bot_token: str = field(repr=False)
    """Token of the one workspace; empty if many install the app."""
    secrets: tuple[str, ...] = field(repr=False)
    """PHANTOMBOT_SECRET: the first encrypts, all decrypt."""
    database_url: str = field(repr=False)
    """URL for SQLAlchemy, with the driver's name."""
    slack_api_url: str = SLACK_API_URL
    phantombuster_api_url: str = PHANTOMBUSTER_API_URL
    runs_kept: timedelta = RUNS_KEPT
    """How long a run is kept after its ending was posted."""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    """Token for Socket Mode; empty if Slack sends to /slack/events."""
    public_url: str = ""
    """The bot's public address, with a trailing slash; empty if unset."""

    @property
    def many(self) -> bool:
        """Return whether many workspaces install the app, each with its own token."""
        return bool(self.client_id)

    @property
    def phantombuster_urls(self) -> tuple[str, ...]:
        """Return Phantombuster's possible addresses, in order. A key is only sent to these."""
        if self.phantombuster_api_url == PHANTOMBUSTER_API_URL:
            return PHANTOMBUSTER_API_URL, OTHER_PHANTOMBUSTER_API_URL
        return (self.phantombuster_api_url,)

    @property
    def install_url(self) -> str:
        """Return the page that installs the app; empty if the bot serves one workspace."""
        return urljoin(self.public_url, INSTALL) if self.many else ""


def is_server(environ: Environ) -> bool:
    """Return whether any variable of a server is set; if not, `python bot.py` is the sandbox."""
    return any(optional(environ, name) for name in _OF_A_SERVER)


def has_socket(environ: Environ) -> bool:
    """Return whether Slack sends through a socket."""
    return bool(optional(environ, "SLACK_APP_TOKEN"))


def read_settings(environ: Environ) -> Settings:
    """Return every setting of a bot for one Slack workspace, or many.

    Raises:
        SettingsError: with one sentence for each setting that is missing or invalid.
    """
    readers: dict[str, Callable[[Environ], Any]] = {
        "port": read_port,
        "signing_secret": _signing_secret,
        "bot_token": _bot_token,
        "secrets": read_secrets,
        "database_url": read_database_url,
        "slack_api_url": lambda env: address(env, "SLACK_API_URL", SLACK_API_URL),
        "phantombuster_api_url": lambda env: address(
            env, "PHANTOMBUSTER_API_URL", PHANTOMBUSTER_API_URL
        ),
        "runs_kept": read_runs_kept,
        "client_id": lambda env: optional(env, "SLACK_CLIENT_ID"),
        "client_secret": _client_secret,
        "app_token": _app_token,
        "public_url": read_public_url,
    }
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, read in readers.items():
        try:
            values[name] = read(environ)
        except SettingsError as error:
            problems.extend(error.problems)
    if problems:
        raise SettingsError(*problems)
    return Settings(**values)


def secrets_in(environ: Environ) -> tuple[str, ...]:
    """Return every secret in the environment, valid or not; for redaction."""
    values = [part for name in _SECRETS for part in optional(environ, name).split(",")]
    values.extend(database_passwords(environ))
    return tuple(value.strip() for value in values if len(value.strip()) >= _SHORTEST_KNOWN)


def read_port(environ: Environ) -> int:
    """Return PORT, where the bot listens; 0 lets the system choose.

    Raises:
        SettingsError: it isn't a port number.
    """
    text = optional(environ, "PORT") or str(PORT)
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(_HIGHEST_PORT))
    if not is_number or int(text) > _HIGHEST_PORT:
        raise SettingsError("PORT must be a number from 0 to 65535.")
    return int(text)


def read_log_format(environ: Environ) -> str:
    """Return LOG_FORMAT: text or json.

    Raises:
        SettingsError: it is neither.
    """
    text = optional(environ, "LOG_FORMAT").lower() or "text"
    if text not in ("text", "json"):
        raise SettingsError("LOG_FORMAT must be text or json.")
    return text


def read_public_url(environ: Environ) -> str:
    """Return PUBLIC_URL with a trailing slash; empty if it is unset and not needed.

    Raises:
        SettingsError: it isn't an address, or is missing though many workspaces install the app.
    """
    if optional(environ, "PUBLIC_URL"):
        return address(environ, "PUBLIC_URL", f"{EXAMPLE_ADDRESS}/")
    if _many(environ):
        return required(environ, "PUBLIC_URL", "Slack sends whoever installs the app back to it")
    return ""


def read_manifest_address(environ: Environ) -> str:
    """Return PUBLIC_URL as the Slack app's manifest needs it, without a trailing slash.

    In Socket Mode it is empty if it is unset and not needed.

    Raises:
        SettingsError: it is missing, or Slack wouldn't send there.
    """
    if not has_socket(environ):
        where = f"it is where Slack reaches the bot, as {EXAMPLE_ADDRESS}"
        required(environ, "PUBLIC_URL", f"{where}; in Socket Mode, set SLACK_APP_TOKEN instead")
    public_url = read_public_url(environ).rstrip("/")
    if public_url and not public_url.startswith("https://"):
        raise SettingsError("PUBLIC_URL must begin with https://, since Slack sends nowhere else.")
    return public_url


def read_runs_kept(environ: Environ) -> timedelta:
    """Return RUNS_KEPT_DAYS, how long runs are kept.

    Raises:
        SettingsError: it isn't a number of days.
    """
    text = optional(environ, "RUNS_KEPT_DAYS") or str(RUNS_KEPT.days)
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_DAYS))
    if not is_number or not _FEWEST_DAYS <= int(text) <= _MOST_DAYS:
        raise SettingsError(f"RUNS_KEPT_DAYS must be a number from {_FEWEST_DAYS} to {_MOST_DAYS}.")
    return timedelta(days=int(text))


def _signing_secret(environ: Environ) -> str:
    if has_socket(environ):
        return optional(environ, "SLACK_SIGNING_SECRET")
    return credential(
        environ, "SLACK_SIGNING_SECRET", "it stands in the Slack app's Basic Information"
    )


def _bot_token(environ: Environ) -> str:
    if _many(environ):
        if optional(environ, "SLACK_BOT_TOKEN"):
            raise SettingsError(
                "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many: unset one of them."
            )
        return ""
    token = required(environ, "SLACK_BOT_TOKEN", "it stands in the Slack app's OAuth & Permissions")
    if not token.startswith("xoxb-"):
        raise SettingsError("SLACK_BOT_TOKEN must be a bot token; those begin with xoxb-.")
    return token


def _client_secret(environ: Environ) -> str:
    where = "it stands in the Slack app's Basic Information"
    if not _many(environ):
        return ""
    required(environ, "SLACK_CLIENT_ID", where)
    return credential(environ, "SLACK_CLIENT_SECRET", where)


def _app_token(environ: Environ) -> str:
    token = optional(environ, "SLACK_APP_TOKEN")
    if token and not token.startswith("xapp-"):
        raise SettingsError("SLACK_APP_TOKEN must be an app-level token; those begin with xapp-.")
    return token


def _many(environ: Environ) -> bool:
    return any(optional(environ, name) for name in _MANY_WORKSPACES)


def read_secrets(environ: Environ) -> tuple[str, ...]:
    """Return PHANTOMBOT_SECRET: the first encrypts, all decrypt.

    Raises:
        SettingsError: it is missing, or one of them is too short.
    """
    text = required(
        environ, "PHANTOMBOT_SECRET", "it encrypts the keys; `openssl rand -hex 32` makes one"
    )
    secrets = tuple(secret.strip() for secret in text.split(",") if secret.strip())
    if not secrets or min(map(len, secrets)) < _SHORTEST_SECRET:
        raise SettingsError(
            f"PHANTOMBOT_SECRET must have {_SHORTEST_SECRET} characters or more"
            " (each of several, separated by commas)."
        )
    return secrets
