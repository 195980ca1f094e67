from dataclasses import replace
from datetime import timedelta

from messages.cast import NOW
from messages.samples.runs import FAILED, LATER, PAGE, SUCCESS
from messages.sampling import sample

from phantombot.messages.blocks import plain
from phantombot.messages.watches import (
    delivery_stopped,
    in_doubt,
    notice_message,
    session_notice,
    several_notices,
)
from phantombot.runs.cause import Cause
from phantombot.runs.ending import Ending, Kind
from phantombot.watches.model import End, News, Notice, Word

FAILURE = End(FAILED, Word.FAILURE, NOW, "76427")
NOTICE = Notice("T0SANDBOX", "C0GENERAL", "785", "LinkedIn Search", News.ENDED, NOW, FAILURE)
PASSING = replace(FAILURE, ending=Ending(Kind.FAILED, cause=Cause.RATE_LIMITED))
RECOVERY = End(SUCCESS, Word.SUCCESS, NOW, "76428", recovered=3)
EMPTY = End(Ending(Kind.EMPTY, seconds=9), Word.EMPTY, NOW, "76429", times=2)
RENAMED = replace(NOTICE, news=News.RENAMED, end=None, before="LinkedIn Scraper")
GONE = replace(NOTICE, news=News.GONE, end=None)
UNMUTED = replace(NOTICE, news=News.UNMUTED, end=None, count=12)
LINE = plain("❌ LinkedIn Search (785) · failed: exit code 1")

SAMPLES = [
    sample(
        session_notice,
        "three agents",
        "linkedin cookie expired",
        [("785", "LinkedIn Search"), ("786", "LinkedIn Scraper"), ("787", "")],
        2,
    ),
    sample(notice_message, "failed", NOTICE, LATER),
    sample(notice_message, "failed again", replace(NOTICE, end=replace(FAILURE, times=3)), LATER),
    sample(notice_message, "in v2", replace(NOTICE, end=replace(FAILURE, page=PAGE)), LATER),
    sample(notice_message, "failed of what passes", replace(NOTICE, end=PASSING), LATER),
    sample(
        notice_message,
        "failed of what passes, launched from Slack",
        replace(NOTICE, end=replace(PASSING, run_uid="Zm9yIHRoZSB0ZXN0")),
        LATER,
    ),
    sample(notice_message, "recovered", replace(NOTICE, end=RECOVERY), LATER),
    sample(notice_message, "empty again", replace(NOTICE, end=EMPTY), LATER),
    sample(
        notice_message,
        "launched from Slack, found late",
        replace(NOTICE, end=replace(RECOVERY, run_uid="Zm9yIHRoZSB0ZXN0", recovered=1, earlier=2)),
        LATER + timedelta(hours=2),
    ),
    sample(notice_message, "after some that could not be told", NOTICE, LATER, 4),
    sample(notice_message, "renamed", RENAMED, LATER),
    sample(notice_message, "deleted", GONE, LATER),
    sample(notice_message, "unmuted, after one", replace(UNMUTED, count=1), LATER),
    sample(notice_message, "unmuted", UNMUTED, LATER),
    sample(several_notices, "of several agents", [NOTICE, GONE, RENAMED], 1),
    sample(delivery_stopped, "kicked", "C0GENERAL", "not_in_channel", LINE),
    sample(delivery_stopped, "archived", "C0GENERAL", "is_archived", LINE),
    sample(in_doubt, "its answer was lost", "C0GENERAL", LINE),
]
