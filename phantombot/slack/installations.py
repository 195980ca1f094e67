"""Workspaces that have the app, and their bot tokens."""

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
"""Seconds for which an installation is cached: another process can replace or erase it."""
_UNSEALED_AFTER = 60.0
_MOST_KNOWN = 10_000

log = logging.getLogger(__name__)


class Installed(Protocol):
    """Workspaces that have the app. Every method raises StoreUnavailable."""

    def has(self, team: str, enterprise: str = "") -> bool:
        """Return whether the app is installed; `enterprise` is the organisation Slack names."""

    def token_of(self, workspace: str) -> str:
        """Return the workspace's bot token; raise SlackRefused if the app isn't installed."""

    def is_org_wide(self, workspace: str) -> bool:
        """Return whether the workspace's token is its organisation's."""

    def gone(self, event: Uninstalled) -> None:
        """Erase everything of the event's workspaces."""

    def withdrawn(self, enterprise: str, teams: Collection[str]) -> None:
        """Erase everything of the teams that an organisation withdrew the app from."""

    def forget(self, workspace: str) -> None:
        """Clear the cache for a workspace that has just installed the app."""


@dataclass(frozen=True)
class OneWorkspace:
    """One workspace, of SLACK_BOT_TOKEN; only it can send requests."""

    token: str = field(repr=False)
    store: Installations

    def has(self, team: str, enterprise: str = "") -> bool:
        """Return True."""
        del team, enterprise
        return True

    def token_of(self, workspace: str) -> str:
        """Return the one token."""
        del workspace
        return self.token

    def is_org_wide(self, workspace: str) -> bool:
        """Return False: the token is the workspace's own."""
        del workspace
        return False

    def gone(self, event: Uninstalled) -> None:
        """Erase the workspace; its token, from the environment, was revoked by Slack.

        An organisation's token served all workspaces, so all are erased.
        """
        if event.org_wide:
            self.store.erase_all()
        else:
            self.store.erase([event.team])

    def withdrawn(self, enterprise: str, teams: Collection[str]) -> None:
        """Erase these teams."""
        del enterprise
        self.store.erase(teams)

    def forget(self, workspace: str) -> None:
        """Do nothing, since nothing is cached."""


class ManyWorkspaces:
    """Workspaces that installed the app, each cached for a moment."""

    def __init__(
        self, store: Installations, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Installation, float]] = {}

    def has(self, team: str, enterprise: str = "") -> bool:
        """Return whether the team or its organisation installed the app."""
        try:
            return self._found(team, enterprise) is not None
        except DecryptionError:
            return True  # the token can't be decrypted, but the app is installed

    def token_of(self, workspace: str) -> str:
        """Return the token of the team's own installation, or of its organisation's.

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
        """Return whether the installation that serves the workspace is its organisation's."""
        try:
            found = self._found(workspace, "")
        except DecryptionError:
            return False  # without a token, nothing can be called
        return found is not None and found.org_wide

    def gone(self, event: Uninstalled) -> None:
        """Erase what the installation served, unless it was installed again since."""
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
        """Clear the cache for every team that this installation can serve."""
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
            found = known  # the next query reports that the database is down
        with self._lock:
            self._keep(team, found, now + BELIEVED_FOR)
        return found

    def _look(self, team: str, enterprise: str) -> Installation | None:
        """Return the installation that serves the team; store a new team of an organisation."""
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
    """Return whether the installation is of this organisation; a team can move to another."""
    return not found.org_wide or not enterprise or found.workspace == enterprise


def installed_for(bot_token: str, installations: Installations) -> Installed:
    """Return OneWorkspace if a token is set, else ManyWorkspaces."""
    return OneWorkspace(bot_token, installations) if bot_token else ManyWorkspaces(installations)
