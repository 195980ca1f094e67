"""The messages about a run: a line with small print below, edited as the run goes on."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from phantombot.errors import KeyRejected
from phantombot.messages.blocks import (
    SECTION_LIMIT,
    Block,
    Message,
    actions,
    button,
    confirmation,
    context,
    date,
    duration,
    escape,
    place,
    plain,
    section,
    shortened,
    time_of_day,
)
from phantombot.messages.doubts import question
from phantombot.messages.endings import (
    RETRY_CANCELLED,
    agent_in_bold,
    ending_sign,
    exit_code,
    how_it_ended,
)
from phantombot.messages.failures import passes_soon
from phantombot.messages.listing import agent_title
from phantombot.messages.refusals import refusal
from phantombot.messages.results import link_to_page
from phantombot.runs.ending import NOTHING_LAUNCHED, PRIVATE, Ending, Kind
from phantombot.runs.model import NO_KEY, Run, Source, State

STOP_RUN = "stop_run"
SHOW_OUTPUT = "show_output"
RUN_AGAIN = "run_again"
NOTIFY_ME = "notify_me"
RETRY_LATER = "retry_later"
CANCEL_RETRY = "cancel_retry"

EARLIER_MESSAGE = "If there is an earlier message about this run, it is no longer updated."

TROUBLE_SHOWS_AFTER = timedelta(seconds=60)
"""How long Phantombuster can be silent before the message says so."""
_SILENCES = (
    (timedelta(hours=6), "6 hours"),
    (timedelta(hours=1), "an hour"),
    (timedelta(minutes=10), "10 minutes"),
    (timedelta(), "a minute"),
)
_SECONDS_SHOWN = 120
_SOURCES: dict[str | None, str] = {
    Source.FORM: "from the form",
    Source.AGAIN: "Run again",
    Source.SAVED: "saved settings",
}


def run_message(run: Run, now: datetime) -> Message | None:
    """Return the run's current message; None if there is nothing to say."""
    if run.state is State.ASKED:
        return question(run)
    if run.state is State.ENDED:
        return _ended(run)
    if run.state is State.INTENDED and run.due_at is not None:
        return _waiting(run, run.due_at)
    if run.agent_id is None:
        return None
    return _going_on(run, now)


def placeholder(run: Run) -> Message:
    """Return the run's message before anything is known, and before an ending replaces it."""
    return _message(run, "⏳", ("launching",), ("Launched by", run.user))


def beside_earlier(message: Message) -> Message:
    """Say above the buttons that an earlier message about the run is out of date."""
    words = [block for block in message.blocks if block["type"] != "actions"]
    buttons = message.blocks[len(words) :]
    note = context(EARLIER_MESSAGE)
    return Message(f"{message.text}\n{EARLIER_MESSAGE}", (*words, note, *buttons))


def _waiting(run: Run, due_at: datetime) -> Message:
    again = f"launches again at {time_of_day(due_at)}"
    message = _message(run, "⏳", (again,), ("Asked for by", run.user))
    return _with_buttons(message, button("Cancel", CANCEL_RETRY, run.uid))


def _going_on(run: Run, now: datetime) -> Message:
    silence = now - run.error_since if run.error_since else timedelta()
    if silence >= TROUBLE_SHOWS_AFTER:
        return _launched(run, "⏳", _trouble(run, silence))
    if run.state is State.SENDING and run.lost_at is not None:
        return _launched(run, "⏳", "the answer to the launch was lost; looking for the run")
    if run.state is not State.LAUNCHED:
        return placeholder(run)
    if run.status != "running":
        return _launched(run, "⏳", "queued")
    done = "" if run.fraction is None else f" {run.fraction:.0%}".replace("%", " %")
    running = (f"running{done}", escape(run.label or "", 50), _so_far(run.age(now)))
    message = _launched(run, "▶️", *running)
    return _with_buttons(message, _stop_button(run), _output_button(run), _notify_button(run))


def _trouble(run: Run, silence: timedelta) -> str:
    if run.last_error == NO_KEY:
        return (
            "the workspace's key was removed; I'll follow the run again once an admin stores one"
            " with `/phantom key`"
        )
    if run.last_error == KeyRejected.__name__:
        return (
            "Phantombuster no longer accepts the workspace's key; an admin can store a new one with"
            " `/phantom key`"
        )
    return f"Phantombuster hasn't answered for over {_silence(silence)}; still watching"


def _silence(silence: timedelta) -> str:
    """Return the silence in coarse steps, so that the message isn't edited every minute."""
    return next(words for since, words in _SILENCES if silence >= since)


def _so_far(age: timedelta) -> str:
    """Return the run time, coarser as it grows, so that an old run's message is rarely edited."""
    seconds = age.total_seconds()
    if seconds < _SECONDS_SHOWN:
        return duration(seconds)
    hours, minutes = divmod(int(seconds // 60), 60)
    return f"{hours} h" if hours else f"{minutes} min"


def _ended(run: Run) -> Message | None:
    ending = run.ending or Ending(Kind.LOST)
    if ending.kind is Kind.CANCELLED:
        return _cancelled(run, ending)
    if ending.kind in NOTHING_LAUNCHED:
        return _not_launched(run, ending)
    how = how_it_ended(ending, run.agent, launcher=run.user, code=False)
    message = _launched(run, ending_sign(ending), how)
    if ending.kind is Kind.LAUNCH_FAILED:  # nothing ran, so there is no output
        return _with_buttons(message, *_again_buttons(run, ending))
    return _with_buttons(message, *_again_buttons(run, ending), _output_button(run))


def _cancelled(run: Run, ending: Ending) -> Message | None:
    """Return what to tell the launcher; None if they cancelled the launch themselves."""
    if run.due_at is not None and run.ts is not None:
        sign, what = RETRY_CANCELLED
        told = f"{what}{_cancelled_by(run, ending)}"
        return _message(run, sign, (told,), ("Asked for by", run.user))
    if ending.stopped_by in ("", run.user):
        return None
    return plain(
        f"Nothing was launched: <@{ending.stopped_by}> stopped {agent_title(run)} before your"
        " launch was sent."
    )


def _not_launched(run: Run, ending: Ending) -> Message:
    sentence = refusal(run.agent, ending)
    if ending.kind in PRIVATE and run.ts is None:
        return plain(sentence)
    message = _message(run, "❌", (sentence,), ("Asked for by", run.user))
    if ending.kind in PRIVATE:
        return message
    return _with_buttons(message, *_again_buttons(run, ending))


def _beside(run: Run) -> Iterator[str]:
    """Yield what was noteworthy at the launch, in words that don't change later."""
    if run.before.busy:
        others = "another run" if run.before.busy == 1 else f"{run.before.busy} other runs"
        yield f"alongside {others} of this agent"
    if run.time_left is not None:
        yield (
            f"with only {duration(run.time_left)} of execution time left"
            if run.time_left > 0
            else "with the account's execution time used up"
        )


def _with_buttons(message: Message, *buttons: Block) -> Message:
    return Message(message.text, (*message.blocks, actions(*buttons)))


def _stop_button(run: Run) -> Block:
    named = f"{run.agent_name[:80]} ({run.agent_id})" if run.agent_name else run.agent_id
    question = f"This stops every running instance of {named}."
    return button("Stop", STOP_RUN, run.uid) | {
        "confirm": confirmation("Stop it?", question, "Stop", "Keep it running")
    }


def _output_button(run: Run) -> Block:
    return button("Output", SHOW_OUTPUT, run.uid)


def _notify_button(run: Run) -> Block:
    return button("Notify me", NOTIFY_ME, run.uid)


def _again_buttons(run: Run, ending: Ending) -> tuple[Block, ...]:
    again = button("Run again", RUN_AGAIN, run.uid)
    later = button("Retry in 15 min", RETRY_LATER, run.uid)
    return (again, later) if passes_soon(ending) else (again,)


def _launched(run: Run, sign: str, *parts: str) -> Message:
    """Return the message of a launched run, with details of the launch below its line."""
    ending = run.ending or Ending(Kind.LOST)
    return _message(
        run,
        sign,
        parts,
        ("Launched by", run.user),
        date(run.sent_at or run.created_at),
        *_beside(run),
        _adopted(run),
        exit_code(ending),
        link_to_page(run.page),
    )


def _message(
    run: Run, sign: str, parts: Sequence[str], who: tuple[str, str], *details: str
) -> Message:
    """Return one line of status, and in small print who launched it, how and when."""
    line = shortened(_joined(f"{sign} {agent_in_bold(run)}", *parts), SECTION_LIMIT)
    action, user = who
    below = _joined(f"{action} <@{user}>", *_how(run), *details, _told_for(run))
    message = Message(f"{line}\n{below}", (section(line), context(below)))
    return beside_earlier(message) if run.reposted else message


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _how(run: Run) -> Iterator[str]:
    """Yield what it was launched with: its command, and an alias or the saved settings."""
    yield escape(run.command or "")
    if run.source == Source.ALIAS:
        yield f"alias `{escape(run.agent, 80)}`"
    else:
        yield _SOURCES.get(run.source, "")
    yield "saved as its defaults" if run.save else ""


def _cancelled_by(run: Run, ending: Ending) -> str:
    by = ending.stopped_by
    return f" by <@{by}>" if by not in ("", run.user) else ""


def _told_for(run: Run) -> str:
    elsewhere = run.message_channel not in (None, run.channel)
    return f"for {place(run.channel)}" if elsewhere else ""


def _adopted(run: Run) -> str:
    return "found again after its launch went unanswered" if run.adopted else ""
