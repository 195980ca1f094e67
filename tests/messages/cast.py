"""Who and what the samples of messages are about."""

from datetime import UTC, datetime

from phantombot.phantombuster.api import Agent, Progress
from phantombot.runs.model import Run, State

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
IDLE = Agent("785", "LinkedIn Search", 0, 0, None, None, None)
RUNNING = Agent("785", "LinkedIn Search", 1, 0, Progress(0.544, "Scraping page 3", 72), None, None)
RUN = Run(
    id=1,
    version=1,
    uid="Zm9yIHRoZSB0ZXN0",
    workspace="T0SANDBOX",
    channel="C0GENERAL",
    user="U0ALICE",
    agent="785",
    quoted=False,
    command="casperjs",
    save=False,
    created_at=NOW,
    state=State.LAUNCHED,
    agent_id="785",
    agent_name="LinkedIn Search",
    sent_at=NOW,
    container_id="76427",
)
"""Launched and queued."""
