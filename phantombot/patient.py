"""What a doctor examines: a bot that runs, or one that is only described by its settings."""

from dataclasses import dataclass

from phantombot.parts import Parts, utc_now
from phantombot.phantombuster.client import Client
from phantombot.ports import Clock
from phantombot.settings import (
    OTHER_PHANTOMBUSTER_API_URL,
    PHANTOMBUSTER_API_URL,
    Settings,
)
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
    elsewhere: str
    """Where the API may be instead; empty where PHANTOMBUSTER_API_URL is somebody's own."""
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
        elsewhere=other_address(settings.phantombuster_api_url),
        public_url=settings.public_url,
        install_url=settings.install_url,
    )


def other_address(url: str) -> str:
    """The other of Phantombuster's two addresses; empty for any that is not Phantombuster's own.

    A key is sent to nobody else to find out.
    """
    both = (PHANTOMBUSTER_API_URL, OTHER_PHANTOMBUSTER_API_URL)
    return both[1 - both.index(url)] if url in both else ""
