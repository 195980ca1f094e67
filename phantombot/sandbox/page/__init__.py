"""The sandbox's page in the browser: its files, what it shows, and what is done on it."""

from phantombot.sandbox.page.beside import Beside
from phantombot.sandbox.page.page import Page

__all__ = ["Beside", "Page"]
