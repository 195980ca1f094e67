"""The form in which admins choose what is posted about runs in a channel."""

from phantombot.messages.blocks import Block, Message, place, section
from phantombot.messages.form import View, labelled, notice, opener, option, plain_text
from phantombot.runs.channel_settings import ChannelSettings

NOTIFY_HERE_FORM = "notify_here_form"
OPEN_NOTIFY_HERE = "open_notify_here"
ENDINGS, RESULTS = "notify_endings", "notify_results"
"""The form's inputs; each name is both block id and action id."""
BROADCAST, THREAD = "channel", "thread"
COUNT_ONLY, SHOWN = "count", "shown"

NOTIFY_ADMINS_ONLY = (
    "Only admins and owners of this workspace can change what a channel is told. Ask one of them to"
    " type `/phantom notify here`. `/phantom notify` changes how you hear of your own runs."
)
NOT_HERE = (
    "Nobody but you reads what I write here. Type `/phantom notify here` in the channel that you"
    " mean; `/phantom notify` changes how you hear of your own runs."
)
NOTIFY_HERE_SLACK_SILENT = (
    "Slack isn't answering right now. Type `/phantom notify here` again in a minute."
)
_TITLE = "This channel"
_ENDINGS = {
    THREAD: "In its thread only",
    BROADCAST: "In its thread, and in the channel too",
}
_RESULTS = {
    SHOWN: "Show them: rows, files, the console's last lines",
    COUNT_ONLY: "Only their number, and a private button",
}
_PRIVATE = (
    "With the private button, only whoever presses it sees results, if they may use"
    " /phantom output."
)


def notify_here_form(channel: str, settings: ChannelSettings) -> View:
    """Return the form for one channel, whose id it carries."""
    endings = BROADCAST if settings.broadcast else THREAD
    results = COUNT_ONLY if settings.count_only else SHOWN
    return {
        "type": "modal",
        "callback_id": NOTIFY_HERE_FORM,
        "private_metadata": channel,
        "title": plain_text(_TITLE),
        "submit": plain_text("Save"),
        "close": plain_text("Cancel"),
        "blocks": [
            section(f"What {place(channel)} is told of runs: those launched and those watched."),
            labelled(ENDINGS, "How a run launched here ended", _radio(_ENDINGS, endings)),
            labelled(RESULTS, "Results", _radio(_RESULTS, results), hint=_PRIVATE),
        ],
    }


def notify_here_notice(text: str) -> View:
    """Return a view that shows one sentence in place of the form."""
    return notice(_TITLE, text)


def notify_here_stored(settings: ChannelSettings) -> View:
    """Confirm what is posted in the channel from now on."""
    endings = "and in the channel too" if settings.broadcast else "only"
    results = (
        "Of results it shows the number alone; what was posted before stays"
        if settings.count_only
        else "It shows results"
    )
    return notify_here_notice(
        f"✅ Saved. Endings are posted in a run's thread {endings}. {results}."
    )


def open_notify_here_button() -> Message:
    """Offer a button that opens the form, for when Slack refused to open it."""
    return opener(OPEN_NOTIFY_HERE, "notify here")


def _radio(words: dict[str, str], chosen: str) -> Block:
    options = {value: option(text, value) for value, text in words.items()}
    return {
        "type": "radio_buttons",
        "options": list(options.values()),
        "initial_option": options[chosen],
    }
