"""The form in which a channel watches an agent."""

from collections.abc import Collection

from phantombot.messages.blocks import Block, Message
from phantombot.messages.form import (
    View,
    agent_menu,
    channel_menu,
    labelled,
    notice,
    opener,
    option,
    plain_text,
)
from phantombot.phantombuster.api import Agent
from phantombot.watches.model import DEFAULT_WORDS, Word

WATCH_FORM = "watch_form"
OPEN_WATCH = "open_watch"
AGENT, WORDS, CHANNEL = (f"watch_{part}" for part in ("agent", "words", "channel"))
"""The form's inputs; each name is both block id and action id."""

WORDS_MISSING = "Choose at least one."
_TITLE = "Watch an agent"
_WORDS = {
    Word.FAILURE: "Failures: it failed, did not start, timed out or was stopped",
    Word.RECOVERY: "Recoveries: the first run that finishes after a failure",
    Word.EMPTY: "Empty results: it finished, but returned nothing",
    Word.SUCCESS: "Successes: any other run that went well",
}


def watch_form(
    agent: Agent | None = None, words: Collection[Word] = DEFAULT_WORDS, channel: str = ""
) -> View:
    """Return the form with its initial values."""
    return {
        "type": "modal",
        "callback_id": WATCH_FORM,
        "title": plain_text(_TITLE),
        "submit": plain_text("Watch"),
        "close": plain_text("Cancel"),
        "blocks": [
            labelled(AGENT, "Agent", agent_menu(agent)),
            labelled(WORDS, "Post when its runs end, whoever started them", _boxes(words)),
            labelled(CHANNEL, "Channel", channel_menu(channel)),
        ],
    }


def watch_notice(text: str) -> View:
    """Return a view that shows a few lines in place of the form."""
    return notice(_TITLE, text)


def open_watch_button() -> Message:
    """Offer a button that opens the form, for when Slack refused to open it."""
    return opener(OPEN_WATCH, "watch")


def _boxes(chosen: Collection[Word]) -> Block:
    options = {word: option(text, word.value) for word, text in _WORDS.items()}
    begun = [options[word] for word in Word if word in chosen]
    element: Block = {"type": "checkboxes", "options": list(options.values())}
    return element | ({"initial_options": begun} if begun else {})
