"""A browser, in which somebody installs the app."""

from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

from patience import PATIENCE

from .conftest import Wire


class Browser:
    """Keeps the one cookie, and follows no redirect by itself."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.cookie = ""
        self.headers: dict[str, str] = {}

    def get(self, path: str) -> tuple[int, str]:
        """Open a page of the bot; return its status and body."""
        url = urlsplit(self._wire.slack.bot_url or "")
        connection = HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)
        connection.request("GET", path, headers={"Cookie": self.cookie} if self.cookie else {})
        response = connection.getresponse()
        body = response.read().decode()
        self._keep(response)
        connection.close()
        return response.status, body

    def begin(self) -> str:
        """Open the page that installs; the address at Slack that it leads to."""
        status, _ = self.get("/slack/install")
        assert status == 302
        return self.headers["location"]

    def come_back(self, address: str) -> tuple[int, str]:
        """Follow Slack back to the bot."""
        url = urlsplit(address)
        return self.get(f"{url.path}?{url.query}")

    def install(self, team: str, **how: object) -> tuple[int, str]:
        """Install the app, and agree."""
        return self.come_back(self._wire.slack.approve(self.begin(), team=team, **how))

    def _keep(self, response: HTTPResponse) -> None:
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        given = self.headers.get("set-cookie")
        if given:
            self.cookie = given.partition(";")[0]
