"""Operations that an admin starts by hand, with their reports."""

from collections.abc import Iterator

from phantombot.bootstrap import open_database
from phantombot.config import Settings, read_settings
from phantombot.config_values import Environ
from phantombot.database.engine import Database
from phantombot.database.rotate import rotate
from phantombot.database.vault import Vault
from phantombot.doctor import Target, examine
from phantombot.errors import SettingsError, StoreUnavailable
from phantombot.messages.doctor import Finding, database_silent, settings_bad
from phantombot.messages.rotation import interrupted, rotated
from phantombot.phantombuster.client import Client
from phantombot.slack.client import Poster
from phantombot.slack.installation_store import Installations
from phantombot.slack.installations import installed_for


def rotate_secrets(database_url: str, secrets: tuple[str, ...]) -> tuple[bool, str]:
    """Re-encrypt everything with the first secret; return whether it is complete, and a report.

    Raises:
        SettingsError: the database can't be used.
    """
    database = open_database(database_url, connections=1)
    try:
        tally = rotate(database, Vault(secrets))
    except StoreUnavailable as error:
        return False, interrupted(str(error))
    finally:
        database.close()
    done = not tally.unknown and not tally.older
    return done, rotated(tally.renewed, tally.unknown, tally.older)


def diagnose(environ: Environ) -> Iterator[Finding]:
    """Return the doctor's findings for a bot with these settings, without migrating its tables.

    If settings are invalid, nothing else can be checked.
    """
    try:
        settings = read_settings(environ)
    except SettingsError as error:
        yield from map(settings_bad, error.problems)
        return
    try:
        database = Database(settings.database_url, connections=1)
    except StoreUnavailable as error:
        yield database_silent(str(error))
        return
    client = Client(*settings.phantombuster_urls)
    yield from examine(_target(settings, database, client))
    client.close()
    database.close()


def _target(settings: Settings, database: Database, client: Client) -> Target:
    installations = Installations(database, Vault(settings.secrets))
    installed = installed_for(settings.bot_token, installations)
    return Target(
        database=database,
        vault=Vault(settings.secrets),
        slack=Poster(installed.token_of, settings.slack_api_url),
        phantombuster=client,
        public_url=settings.public_url,
        install_url=settings.install_url,
        signing_secret=settings.signing_secret,
    )
