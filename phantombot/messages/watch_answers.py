"""Answers to `watch`, `unwatch` and `watches`, for the one who typed it alone."""

from collections.abc import Sequence

from phantombot.errors import AgentUnknown
from phantombot.messages.blocks import Message, escape, neutral, plain
from phantombot.messages.channels import mend
from phantombot.messages.listing import agent_named, listing
from phantombot.messages.refusals import did_you_mean
from phantombot.runs.ending import ending_of
from phantombot.watches.model import Watch, Word

LAUNCHING_SAVED = "Launching with the agent's saved options… What becomes of it is told here."

_MEANS = {
    Word.FAILURE: "when it fails",
    Word.RECOVERY: "when it works again",
    Word.EMPTY: "when it returns nothing",
    Word.SUCCESS: "when it finishes",
}


def watching(watch: Watch, *, heard: bool = True, address: str | None = None) -> Message:
    """It is set.

    `heard` is whether the bot may post there; `address` is that of the webhook, for admins, and
    empty where the bot has none.
    """
    title = agent_named(watch.agent_id, watch.agent_name)
    lines = [f"{title} is watched here now. I tell this channel {_means(watch)}."]
    if not heard:
        lines.append(f"I may not post in this channel yet. {mend('')}")
    if address:
        lines.append(
            "That takes up to a minute; it is at once if Phantombuster calls this address when a"
            " run ends. Give it as the webhook in the agent's settings there, and to nobody else:"
            f" `{neutral(address)}`"
        )
    elif address is not None:
        lines.append(
            "That takes up to a minute. A webhook of Phantombuster's makes it at once: for that,"
            " PUBLIC_URL has to be set; then type this again."
        )
    return plain(*lines)


def unwatched(watch: Watch) -> Message:
    """It is ended."""
    title = agent_named(watch.agent_id, watch.agent_name)
    return plain(f"{title} is no longer watched here.")


def not_unwatched(typed: str, error: AgentUnknown) -> Message:
    """Tell that nothing the channel watches is called so."""
    meant = f" {did_you_mean(ending_of(error))}" if error.candidates else ""
    return plain(
        f"Nothing called “{escape(typed, 80)}” is watched in this channel.{meant}"
        " `/phantom watches` lists what is."
    )


def watches_listed(watches: Sequence[Watch]) -> Message:
    """What the channel watches, and who set it."""
    if not watches:
        return plain(
            "Nothing is watched in this channel. `/phantom watch 785` tells it when runs of an"
            " agent fail, and when they work again."
        )
    code = next((watch.stopped for watch in watches if watch.stopped is not None), None)
    foot = "" if code is None else f"I may not post in this channel. {mend(code)}"
    return listing("Watched in this channel:", [_line(watch) for watch in watches], foot)


def _line(watch: Watch) -> str:
    parts = (
        agent_named(watch.agent_id, watch.agent_name),
        ", ".join(watch.words),
        "no longer at Phantombuster" if watch.gone else "",
        f"{watch.unsaid} not told" if watch.unsaid else "",
        f"set by <@{watch.user}>",
    )
    return "• " + " · ".join(part for part in parts if part)


def _means(watch: Watch) -> str:
    means = [_MEANS[word] for word in watch.words]
    return " and ".join(filter(None, (", ".join(means[:-1]), means[-1])))
