"""What is said where Slack does not let a run be told: to whom, and the mend."""

from phantombot.messages.blocks import Message, place, plain
from phantombot.messages.runs import agent_title
from phantombot.runs.model import Run

_INVITE = "To let me post here, type `/invite @phantombot`."
_RESTRICTED = "Who may post here is restricted: an admin can let apps post."
_MENDS = {
    "thread_not_found": "The message that I was to answer is gone.",
    "channel_not_found": "It is gone, or private: in a private one, type `/invite @phantombot`.",
    "is_archived": "It is archived: unarchive it, or use another one.",
    "restricted_action": _RESTRICTED,
    "restricted_action_read_only_channel": _RESTRICTED,
    "restricted_action_thread_only_channel": _RESTRICTED,
    "restricted_action_non_threadable_channel": _RESTRICTED,
}


def cannot_post(message: Message, code: str) -> Message:
    """The same, for the launcher alone, with the mend for a channel that the bot cannot post to.

    `code` is Slack's own word for it.
    """
    return plain(
        message.text,
        f"I may not post in this channel, so I go on in a direct message to you. {mend(code)}",
    )


def moved(run: Run, code: str) -> Message:
    """Where the run is told from now on, and the mend, for a launcher who is nowhere else told."""
    return plain(
        f"I may not post in {place(run.channel)}, so what becomes of {agent_title(run)}"
        f" is told here. {mend(code)}"
    )


def mend(code: str) -> str:
    """How a channel that Slack refuses with this word of its own is mended."""
    return _MENDS.get(code, _INVITE)


def undeliverable(run: Run, message: Message) -> Message:
    """The same, for the admin who stored the key, since its launcher cannot be told."""
    return plain(message.text, f"Slack does not let me tell <@{run.user}>, who launched it.")
