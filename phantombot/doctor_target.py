"""What a doctor examines: a bot that runs, or one that is only described by its settings."""

from dataclasses import dataclass

from phantombot.bootstrap import Parts, utc_now
from phantombot.config import Settings
from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.phantombuster.v1 import Client
from phantombot.ports import Clock
from phantombot.slack.client import Poster


@dataclass(frozen=True)
class Patient:
    """What is examined."""

    database: Database
    vault: Vault
    poster: Poster
    phantombuster: Client
    public_url: str
    install_url: str = ""
    """Where workspaces install the app; empty where it serves the one."""
    now: Clock = utc_now
    """The world's time, however fast the bot's own runs."""


def patient_of(settings: Settings, parts: Parts) -> Patient:
    """A running bot."""
    return Patient(
        database=parts.database,
        vault=parts.workspaces.vault,
        poster=parts.poster,
        phantombuster=parts.phantombuster,
        public_url=settings.public_url,
        install_url=settings.install_url,
    )
