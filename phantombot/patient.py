"""What a doctor examines: a bot that runs, or one that is only described by its settings."""

from dataclasses import dataclass

from phantombot.parts import Parts, utc_now
from phantombot.phantombuster.client import Client
from phantombot.ports import Clock
from phantombot.settings import Settings
from phantombot.slack.poster import Poster
from phantombot.store.database import Database
from phantombot.store.vault import Vault


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
