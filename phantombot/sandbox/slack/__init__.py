"""A local Slack: its Web API, its signed requests to the bot, and a page in the browser."""

from phantombot.sandbox.slack.interactions import Suggestion
from phantombot.sandbox.slack.local import LocalSlack
from phantombot.sandbox.slack.outbox import Told
from phantombot.sandbox.slack.values import Call, Delivery, File, Message, View

__all__ = ["Call", "Delivery", "File", "LocalSlack", "Message", "Suggestion", "Told", "View"]
