"""What rings people at the end of a run: Slack notifies them of the mention, not of the edit."""

from phantombot.messages.blocks import Message, place, plain
from phantombot.messages.runs import ending_line
from phantombot.runs.model import Run


def ring(run: Run) -> Message:
    """Mention the launcher, and say how the run ended."""
    return plain(f"<@{run.user}> {ending_line(run)}")


def ring_directly(run: Run, channel: str) -> Message:
    """Say in a direct message how the run ended whose message is in that channel."""
    return plain(f"{ending_line(run)} · in {place(channel)}")
