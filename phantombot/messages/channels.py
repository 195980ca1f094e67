"""Messages for runs in channels that Slack doesn't let the bot post to, with how to fix that."""

from phantombot.messages.blocks import Message, place, plain, with_note
from phantombot.messages.listing import agent_title
from phantombot.runs.model import Run

_INVITE = "To let me post, type `/invite @phantombot` in the channel."
_RESTRICTED = "Posting in the channel is restricted. An admin can allow apps to post."
_MENDS = {
    "thread_not_found": "The message I was replying to is gone.",
    "channel_not_found": "It is gone or private. In a private one, type `/invite @phantombot`.",
    "is_archived": "It is archived. Unarchive it, or use another channel.",
    "is_inactive": "It is archived. Unarchive it, or use another channel.",
    "restricted_action": _RESTRICTED,
    "restricted_action_read_only_channel": _RESTRICTED,
    "restricted_action_thread_only_channel": _RESTRICTED,
    "restricted_action_non_threadable_channel": _RESTRICTED,
}


def cannot_post(message: Message, code: str) -> Message:
    """Add why the message isn't in the channel, and how to fix that, for the launcher.

    `code` is Slack's error code.
    """
    return with_note(
        message,
        f"I can't post in this channel, so I'll continue in a direct message to you. {mend(code)}",
    )


def moved(run: Run, code: str) -> Message:
    """Tell the launcher where updates will be posted, and how to fix the channel."""
    return plain(
        f"I can't post in {place(run.channel)}, so I'll post updates on {agent_title(run)} here."
        f" {mend(code)}"
    )


def mend(code: str) -> str:
    """Return how to fix a channel that Slack refuses with this error code."""
    return _MENDS.get(code, _INVITE)


def undeliverable(run: Run, message: Message) -> Message:
    """Return the message for the admin who stored the key, when the launcher can't be reached."""
    note = f"Slack doesn't let me message <@{run.user}>, who launched it."
    return with_note(message, note)
