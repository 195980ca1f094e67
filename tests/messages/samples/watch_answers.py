from dataclasses import replace
from datetime import time

from messages.cast import NOW
from messages.sampling import sample

from phantombot.errors import AgentUnknown
from phantombot.messages.watch_answers import (
    muted,
    not_muted,
    not_watched,
    unwatched,
    watches_listed,
    watching,
)
from phantombot.watches.model import DEFAULT_WORDS, Watch, Word
from phantombot.watches.subscribe import WatchSet

WATCH = Watch("T0SANDBOX", "C0GENERAL", "785", "LinkedIn Search", DEFAULT_WORDS, "U0ALICE", NOW)
EVERYTHING = replace(WATCH, agent_id="786", agent_name="LinkedIn Scraper", words=tuple(Word))
TROUBLED = replace(EVERYTHING, stopped="not_in_channel", unsaid=3, gone=True, user="U0BOB")
CANDIDATES = (("785", "LinkedIn Search"), ("786", "LinkedIn Scraper"))
ADDRESS = "https://phantombot.example.com/hooks/a-secret"

SAMPLES = [
    sample(watching, "to a member", WatchSet(WATCH)),
    sample(watching, "to an admin", WatchSet(EVERYTHING), address=ADDRESS),
    sample(watching, "to an admin, without PUBLIC_URL", WatchSet(WATCH), address=""),
    sample(watching, "where the bot is no member", WatchSet(WATCH), heard=False),
    sample(watching, "changed", WatchSet(WATCH, replace(WATCH, words=(Word.FAILURE,)))),
    sample(watching, "widened", WatchSet(replace(WATCH, words=tuple(Word)), WATCH)),
    sample(watching, "unchanged", WatchSet(WATCH, WATCH)),
    sample(watching, "from a form", WatchSet(WATCH), heard=False, elsewhere=True),
    sample(unwatched, "of an agent", WATCH),
    sample(not_watched, "not watched", "linked out", AgentUnknown()),
    sample(not_watched, "nearly", "linked out", AgentUnknown(CANDIDATES)),
    sample(muted, "for a while", WATCH, NOW),
    sample(muted, "until a time, in an unknown zone", WATCH, NOW, utc=time(12, 0)),
    sample(not_muted, "ended", WATCH, changed=True),
    sample(not_muted, "was not muted", WATCH, changed=False),
    sample(watches_listed, "muted", [replace(WATCH, muted_until=NOW)]),
    sample(watches_listed, "none", []),
    sample(watches_listed, "two", [WATCH, EVERYTHING]),
    sample(watches_listed, "in trouble", [WATCH, TROUBLED]),
]
