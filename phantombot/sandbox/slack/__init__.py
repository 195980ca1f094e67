"""A Slack on this machine: its Web API, its signed requests to the bot, and a page to use it by."""

from phantombot.sandbox.slack.local import LocalSlack
from phantombot.sandbox.slack.values import Call, Delivery, Message, View

__all__ = ["Call", "Delivery", "LocalSlack", "Message", "View"]
