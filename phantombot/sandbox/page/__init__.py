"""The sandbox's page in the browser: its files, the state it shows, and the actions it offers."""

from phantombot.sandbox.page.page import Page
from phantombot.sandbox.page.panel import Panel

__all__ = ["Page", "Panel"]
