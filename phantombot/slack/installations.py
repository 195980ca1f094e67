"""Which workspaces have the app, and the token that each is spoken to with."""

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from phantombot.errors import DecryptionError, SlackRefused, SlackUnavailable, StoreUnavailable
from phantombot.slack.installation_store import Installation, Installations, Uninstalled

BELIEVED_FOR = 2.0
"""Seconds that an installation is known without a look at the store: another process may have
stored it anew, or erased it."""
_UNSEALED_AFTER = 60.0
_MOST_KNOWN = 10_000

log = logging.getLogger(__name__)


class Installed(Protocol):
    """The workspaces that have the app. Every method raises StoreUnavailable."""

    def has(self, team: str, enterprise: str = "") -> bool:
        """Whether the app is installed there; `enterprise` is the organisation that Slack names."""

    def token_of(self, workspace: str) -> str:
        """The bot token for the workspace; SlackRefused where the app is not installed."""

    def is_org_wide(self, workspace: str) -> bool:
        """Whether the token for the workspace is its organisation's."""

    def gone(self, event: Uninstalled) -> None:
        """Erase everything of the workspaces that the event is about."""

    def withdrawn(self, enterprise: str, teams: Collection[str]) -> None:
        """Erase everything of the teams that an organisation no longer lets the app into."""

    def forget(self, workspace: str) -> None:
        """Look at the store again: the workspace has just installed the app."""


@dataclass(frozen=True)
class OneWorkspace:
    """The workspace of SLACK_BOT_TOKEN; Slack lets nobody else send."""

    token: str = field(repr=False)
    store: Installations

    def has(self, team: str, enterprise: str = "") -> bool:
        """Always."""
        del team, enterprise
        return True

    def token_of(self, workspace: str) -> str:
        """The one token."""
        del workspace
        return self.token

    def is_org_wide(self, workspace: str) -> bool:
        """It is the workspace's own."""
        del workspace
        return False

    def gone(self, event: Uninstalled) -> None:
        """Erase the workspace; the token stands in the environment, where Slack has voided it.

        An organisation's token served whatever is stored.
        """
        if event.org_wide:
            self.store.erase_all()
        else:
            self.store.erase([event.team])

    def withdrawn(self, enterprise: str, teams: Collection[str]) -> None:
        """Erase those teams."""
        del enterprise
        self.store.erase(teams)

    def forget(self, workspace: str) -> None:
        """Nothing is remembered."""


class ManyWorkspaces:
    """The workspaces that installed the app, each known from memory for a moment."""

    def __init__(
        self, store: Installations, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Installation, float]] = {}

    def has(self, team: str, enterprise: str = "") -> bool:
        """Whether the team or its organisation installed the app."""
        try:
            return self._found(team, enterprise) is not None
        except DecryptionError:
            return True  # its token is of no use now, but the installation is no less there

    def token_of(self, workspace: str) -> str:
        """The token of the team's own installation, or of its organisation's.

        Raises:
            SlackRefused: `not_installed`.
            SlackUnavailable: it was stored under another PHANTOMBOT_SECRET.
        """
        try:
            found = self._found(workspace, "")
        except DecryptionError:
            log.error("the token of %s was stored under another PHANTOMBOT_SECRET", workspace)
            raise SlackUnavailable("token_sealed", retry_after=_UNSEALED_AFTER) from None
        if found is None:
            raise SlackRefused("not_installed")
        return found.bot_token

    def is_org_wide(self, workspace: str) -> bool:
        """Whether the installation that serves the workspace is its organisation's."""
        try:
            found = self._found(workspace, "")
        except DecryptionError:
            return False  # nobody can be asked anything with its token
        return found is not None and found.org_wide

    def gone(self, event: Uninstalled) -> None:
        """Erase what the installation served, unless it was made anew since."""
        erased = self._store.remove(event, datetime.now(UTC))
        with self._lock:
            self._known.clear()
        if erased:
            log.info("the app was uninstalled; erased: %s", ", ".join(erased))

    def withdrawn(self, enterprise: str, teams: Collection[str]) -> None:
        """Erase those of the teams that the organisation's installation served."""
        erased = self._store.withdraw(enterprise, teams, datetime.now(UTC))
        with self._lock:
            self._known.clear()
        if erased:
            log.info("%s withdrew the app; erased: %s", enterprise, ", ".join(erased))

    def forget(self, workspace: str) -> None:
        """Look at the store again, for every team that this installation may serve."""
        del workspace
        with self._lock:
            self._known.clear()

    def _found(self, team: str, enterprise: str) -> Installation | None:
        now = self._monotonic()
        known, until = self._known.get(team, (None, 0.0))
        if known is not None and now < until and _fits(known, enterprise):
            return known
        try:
            found = self._look(team, enterprise)
        except StoreUnavailable:
            if known is None:
                raise
            found = known  # what follows will say that the database is away
        with self._lock:
            self._keep(team, found, now + BELIEVED_FOR)
        return found

    def _look(self, team: str, enterprise: str) -> Installation | None:
        """An organisation's team that is new to us is written down, for whoever follows."""
        found = self._store.serving(team)
        if enterprise and enterprise != team and (found is None or not _fits(found, enterprise)):
            found = self._store.serving(team, enterprise)
            if found is not None:
                self._store.belongs(team, enterprise)
        return found

    def _keep(self, team: str, found: Installation | None, until: float) -> None:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        if found is None:
            self._known.pop(team, None)
        else:
            self._known[team] = (found, until)


def _fits(found: Installation, enterprise: str) -> bool:
    """A team may have moved to another organisation."""
    return not found.org_wide or not enterprise or found.workspace == enterprise


def installed_for(bot_token: str, installations: Installations) -> Installed:
    """With a token the one workspace it is of, else all that installed the app."""
    return OneWorkspace(bot_token, installations) if bot_token else ManyWorkspaces(installations)
