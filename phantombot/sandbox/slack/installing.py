"""Installing the app in a local Slack's teams, and removing it."""

import secrets
from typing import Any

from phantombot.sandbox.slack.courier import Courier
from phantombot.sandbox.slack.events import event_callback
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import BOT, Delivery


class Installs:
    """Installing and removing the app, and the events that the bot gets for it."""

    bot_url: str | None
    _workspace: Workspace
    _courier: Courier

    def approve(self, url: str, *, team: str, org_wide: bool = False, user: str = "U0ADA") -> str:
        """Agree on Slack's page at `url`, and return the URL that the browser is sent to.

        Raises:
            Refusal: the page would not open.
        """
        with self._workspace.bell:
            enterprise = self._workspace.enterprises.get(team, "")
            who = "" if org_wide else team
            return self._workspace.grants.consent(url, who, enterprise, user)

    def deny(self, url: str) -> str:
        """Decline on Slack's page at `url`, and return the URL that the browser is sent to."""
        with self._workspace.bell:
            return self._workspace.grants.refuse(url)

    def revoke(self, holder: str) -> None:
        """Revoke the tokens of a team or an organisation, without an event."""
        with self._workspace.bell:
            self._workspace.grants.revoke(holder)

    def uninstall(self, holder: str, *names: str) -> list[Delivery]:
        """Revoke the tokens, and send these events, or both if none is named."""
        self.revoke(holder)
        return [self.event(name, holder) for name in names or ("app_uninstalled", "tokens_revoked")]

    def event(
        self,
        name: str,
        holder: str,
        *,
        event_time: int | None = None,
        retry: int | None = None,
        **fields: Any,
    ) -> Delivery:
        """Send an event in a team, or in a whole organisation."""
        if name == "tokens_revoked":
            fields = {"tokens": {"oauth": [], "bot": [BOT]}} | fields
        with self._workspace.bell:
            payload = event_callback(self._workspace, {"type": name, **fields}, holder)
        if event_time is not None:
            payload["event_time"] = event_time
        again = {"X-Slack-Retry-Num": str(retry)} if retry else {}
        return self._courier.tell(self.bot_url, payload, again)

    def verify_url(self) -> Delivery:
        """Send the challenge with which Slack checks the bot's URL."""
        asked = {"type": "url_verification", "challenge": secrets.token_hex(8)}
        return self._courier.tell(self.bot_url, asked, {})
