"""The sandbox's page in the browser: its files, the state it shows, and the actions it offers."""

from phantombot.sandbox.page.beside import Beside
from phantombot.sandbox.page.page import Page

__all__ = ["Beside", "Page"]
