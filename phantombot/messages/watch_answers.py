"""Answers to `watch`, `unwatch`, `watches` and `mute`, for the person who typed them."""

from collections.abc import Sequence
from datetime import datetime, time

from phantombot.errors import AgentUnknown
from phantombot.messages.blocks import (
    Message,
    actions,
    button,
    capitalized,
    date,
    escape,
    neutral,
    place,
    plain,
)
from phantombot.messages.channels import mend
from phantombot.messages.listing import agent_named, listing
from phantombot.messages.refusals import did_you_mean
from phantombot.messages.watch_form import OPEN_WATCH
from phantombot.runs.ending import ending_of
from phantombot.watches.model import Watch, Word
from phantombot.watches.subscribe import WatchSet

_MEANS = {
    Word.FAILURE: "when it fails",
    Word.RECOVERY: "when it works again",
    Word.EMPTY: "when it returns nothing",
    Word.SUCCESS: "when it finishes",
}
_KINDS = {
    Word.FAILURE: "failures",
    Word.RECOVERY: "recoveries",
    Word.EMPTY: "empty results",
    Word.SUCCESS: "successes",
}


def watching(
    done: WatchSet, *, heard: bool = True, address: str | None = None, elsewhere: bool = False
) -> Message:
    """Confirm the watch, with what it was before.

    `heard` is whether the bot can post there. `address` is the webhook's, for admins, empty if the
    bot has none. `elsewhere` means that the answer isn't shown in the channel itself.
    """
    channel = place(done.watch.channel) if elsewhere else "this channel"
    lines = [_set(done, channel, "there" if elsewhere else "here")]
    if not heard:
        lines.append(f"I can't post in {channel} yet. {mend('')}")
    if address:
        lines.append(
            "Posts can take up to a minute. To get them at once, enter this address as the webhook"
            " in the agent's settings at Phantombuster, and keep it secret:"
            f" `{neutral(address)}`"
        )
    elif address is not None:
        lines.append(
            "Posts can take up to a minute. To get them at once through a webhook, set PUBLIC_URL,"
            " then type this again."
        )
    return plain(*lines)


def unwatched(watch: Watch) -> Message:
    """Confirm that the watch is removed."""
    title = agent_named(watch.agent_id, watch.agent_name)
    return plain(f"This channel no longer watches {title}.")


def muted(watch: Watch, until: datetime, *, utc: time | None = None) -> Message:
    """Confirm until when nothing is posted; `utc` is a time that was read as UTC."""
    title = agent_named(watch.agent_id, watch.agent_name)
    quiet = f"I'll post nothing of {title} in this channel until {date(until)}"
    lines = [f"{quiet}, and then say how many of its runs ended."]
    if utc is not None:
        lines.append(f"That is {utc:%H:%M} UTC: Slack doesn't tell me your time zone.")
    return plain(*lines)


def not_muted(watch: Watch, *, changed: bool) -> Message:
    """Confirm that ends are posted again."""
    title = agent_named(watch.agent_id, watch.agent_name)
    if not changed:
        return plain(f"{title} isn't muted in this channel.")
    return plain(f"{title} is no longer muted in this channel.")


def not_watched(typed: str, error: AgentUnknown) -> Message:
    """Say that the channel watches no agent of that name."""
    meant = f" {did_you_mean(ending_of(error))}" if error.candidates else ""
    return plain(
        f"Nothing called “{escape(typed, 80)}” is watched in this channel.{meant}"
        " `/phantom watches` lists what is."
    )


def watches_listed(watches: Sequence[Watch]) -> Message:
    """List the channel's watches and who set them, with a button that opens the form."""
    row = actions(button("Watch an agent", OPEN_WATCH, "watch"))
    if not watches:
        message = plain(
            "Nothing is watched in this channel. To get a post here when an agent's runs fail and"
            " when they work again, type `/phantom watch 785`, or press the button."
        )
        return Message(message.text, (*message.blocks, row))
    code = next((watch.stopped for watch in watches if watch.stopped is not None), None)
    foot = "" if code is None else f"I can't post in this channel. {mend(code)}"
    message = listing("Watched in this channel:", [_line(watch) for watch in watches], foot)
    return Message(message.text, (*message.blocks, row))


def _line(watch: Watch) -> str:
    parts = (
        agent_named(watch.agent_id, watch.agent_name),
        ", ".join(watch.words),
        "no longer at Phantombuster" if watch.gone else "",
        f"muted until {date(watch.muted_until)}" if watch.muted_until else "",
        f"{watch.unsaid} not posted" if watch.unsaid else "",
        f"set by <@{watch.user}>",
    )
    return "• " + " · ".join(part for part in parts if part)


def _set(done: WatchSet, channel: str, there: str) -> str:
    """Return what was set, and what it replaced, if anything."""
    watch, before = done.watch, done.before
    title = agent_named(watch.agent_id, watch.agent_name)
    where = capitalized(channel)
    if before is None:
        return f"{where} now watches {title}. I'll post {there} {_means(watch)}."
    if before.words == watch.words:
        return f"{where} watches {title} already. I'll post {there} {_means(watch)}."
    now = f"Was: {_kinds(before)}. Now: {_kinds(watch)}."
    return f"{where} now watches {title} for other ends. {now}"


def _kinds(watch: Watch) -> str:
    return _together([_KINDS[word] for word in watch.words])


def _means(watch: Watch) -> str:
    return _together([_MEANS[word] for word in watch.words])


def _together(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
