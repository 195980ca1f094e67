"""What an admin does by hand at the store, and what is said of it."""

from phantombot.errors import StoreUnavailable
from phantombot.messages.rotation import interrupted, rotated
from phantombot.parts import open_database
from phantombot.store.rotation import rotate
from phantombot.store.vault import Vault


def rotate_secrets(database_url: str, secrets: tuple[str, ...]) -> tuple[bool, str]:
    """Seal everything under the first secret; whether nothing is left to be done, and a report.

    Raises:
        SettingsError: the database cannot be used.
    """
    database = open_database(database_url)
    try:
        tally = rotate(database, Vault(secrets))
    except StoreUnavailable as error:
        return False, interrupted(str(error))
    finally:
        database.close()
    done = not tally.unknown and not tally.older
    return done, rotated(tally.renewed, tally.unknown, tally.older)
