from dataclasses import replace
from datetime import timedelta

from messages.cast import NOW, RUN
from messages.sampling import Sample, sample

from phantombot.access.rules import Denial
from phantombot.messages.runs import beside_earlier, placeholder, run_message
from phantombot.runs.cause import Cause
from phantombot.runs.ending import OF_RETRY, PRIVATE, Ending, Kind
from phantombot.runs.model import NO_KEY, Before, ConfirmReason, State

RUNNING = replace(RUN, status="running", fraction=0.544, label="Scraping page 3")
TROUBLED = replace(RUNNING, error_since=NOW)
SUCCESS = Ending(Kind.SUCCESS, seconds=250, results=120, exit_code=0)
FILES = tuple(
    f"https://phantombuster.s3.amazonaws.com/xNdp30g5TSk/Fu1Js2zQ/result.{kind}"
    for kind in ("csv", "json")
)
FAILED = Ending(
    Kind.FAILED, exit_code=1, seconds=9, said="Agent failed", line="Error: page not found"
)
STOPPED = Ending(Kind.STOPPED, seconds=72, stopped_by="U0BOB")
CANDIDATES = (("785", "LinkedIn Search"), ("786", "LinkedIn Scraper"))
LATER = NOW + timedelta(seconds=72)


def ended(situation: str, ending: Ending, **changes: object) -> Sample:
    run = replace(RUN, state=State.ENDED, ending=ending, ended_at=LATER, **changes)
    return sample(run_message, situation, run, LATER)


def of_kind(kind: Kind) -> Sample:
    cause = Denial.NOT_NAMED if kind is Kind.NOT_ALLOWED else Cause.UNKNOWN
    cause = "Unreachable" if kind is Kind.REFUSED else cause
    candidates = CANDIDATES if kind in {Kind.NO_AGENT, Kind.AMBIGUOUS} else ()
    said = "casperjs" if kind is Kind.ENGINE_CHOSEN else ""
    ending = Ending(kind, cause=cause, said=said, candidates=candidates, seconds=72)
    return ended(f"ended: {kind}", ending, ts=None if kind in PRIVATE else "1.0")


WAITING = replace(RUN, state=State.INTENDED, due_at=NOW + timedelta(minutes=15), sent_at=None)
OF_RETRY_RUN = {"due_at": WAITING.due_at, "ts": "1.0", "sent_at": None}
DOUBTED = replace(RUN, state=State.ASKED, doubt=ConfirmReason.DOUBLE)

PAGE = "https://phantombuster.com/123/phantoms/785/console/7666128429580813"
IN_V2 = replace(RUN, command=None, api="v2", org="123", container_id="7666128429580813")

SAMPLES = [
    sample(run_message, "queued, in v2", IN_V2, NOW),
    sample(run_message, "running, in v2", replace(IN_V2, status="running"), NOW),
    sample(
        run_message,
        "ended, in v2",
        replace(IN_V2, state=State.ENDED, ending=SUCCESS, ended_at=LATER),
        LATER,
    ),
    sample(placeholder, "just typed", RUN),
    sample(run_message, "waits to be launched again", WAITING, NOW),
    *(
        ended(f"a retry cancelled by {by}", Ending(Kind.CANCELLED, stopped_by=by), **OF_RETRY_RUN)
        for by in (RUN.user, "U0BOB")
    ),
    ended("a retry that was due too long ago", Ending(Kind.EXPIRED, OF_RETRY), **OF_RETRY_RUN),
    sample(beside_earlier, "its first post was not answered", run_message(RUNNING, NOW)),
    sample(run_message, "asked first", DOUBTED, NOW),
    sample(run_message, "launching", replace(RUN, state=State.SENDING), NOW),
    sample(run_message, "its answer is lost", replace(RUN, state=State.SENDING, lost_at=NOW), NOW),
    sample(run_message, "queued", RUN, NOW),
    sample(run_message, "by alias", replace(RUN, agent="leads", source="alias"), NOW),
    *(
        sample(run_message, f"launched: {source}", replace(RUN, source=source), NOW)
        for source in ("form", "again", "saved")
    ),
    sample(run_message, "queued behind another", replace(RUN, before=Before(busy=1)), NOW),
    sample(run_message, "running beside others", replace(RUNNING, before=Before(busy=3)), LATER),
    sample(run_message, "little time left", replace(RUNNING, time_left=250), LATER),
    sample(run_message, "no time left", replace(RUNNING, time_left=0), LATER),
    sample(run_message, "running", replace(RUN, status="running"), LATER),
    sample(run_message, "running, with progress", RUNNING, LATER),
    sample(run_message, "running for hours", RUNNING, NOW + timedelta(hours=5)),
    sample(run_message, "Phantombuster is silent", TROUBLED, NOW + timedelta(minutes=11)),
    sample(run_message, "the key is gone", replace(TROUBLED, last_error=NO_KEY), LATER),
    sample(run_message, "the key is refused", replace(TROUBLED, last_error="KeyRejected"), LATER),
    ended("success", SUCCESS),
    ended("success, adopted", SUCCESS, adopted=True),
    ended("success, with files", replace(SUCCESS, new=37, files=FILES)),
    ended("success, in a file alone", replace(SUCCESS, results=None, files=FILES[:1])),
    ended("success, cut short", replace(SUCCESS, cause=Cause.WEEKLY_LIMIT)),
    ended("success, of which no result is told", replace(SUCCESS, results=None)),
    ended("nothing new", Ending(Kind.EMPTY, cause=Cause.ALL_PROCESSED, seconds=9)),
    ended(
        "an exit code that is known", Ending(Kind.FAILED, cause="linkedin blocked", exit_code=85)
    ),
    ended("a cause of a later release", Ending(Kind.FAILED, cause="no disk", exit_code=1)),
    ended("failed, with files", replace(FAILED, files=FILES)),
    ended("stopped, with files", replace(STOPPED, files=FILES[1:])),
    ended("no script", Ending(Kind.LAUNCH_FAILED, cause=Cause.NO_SCRIPT, said="No script")),
    ended("success, told elsewhere", SUCCESS, message_channel="D0ALICE"),
    ended("failed with a line", FAILED),
    *(ended(f"failed: {c.name.lower()}", Ending(Kind.FAILED, cause=c, seconds=9)) for c in Cause),
    ended("stopped from Slack", STOPPED),
    ended("stopped by its launcher", replace(STOPPED, stopped_by="U0ALICE")),
    ended("ended by itself as it was asked to", replace(SUCCESS, stopped_by="U0BOB")),
    ended(
        "ended as it was asked to, without a result",
        Ending(Kind.EMPTY, seconds=9, stopped_by="U0BOB"),
    ),
    *(of_kind(kind) for kind in Kind if kind is not Kind.CANCELLED),
]
