"""The bad days: switches that make Slack or Phantombuster misbehave."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from phantombot.sandbox.phantombuster import LocalPhantombuster

if TYPE_CHECKING:
    from collections.abc import Callable

    from phantombot.sandbox.slack.local import LocalSlack

SLOW_SECONDS = 4.0
_OF_SLACK = "patience"
PATIENCE = 5
"""Seconds that Slack asks the bot to wait."""
_SPOILED = ("404", "html", "unknown_words", "nulls")
_READS = ("user", "output", "containers", "agent")
_TELLING = ("chat.postMessage", "chat.update", "chat.postEphemeral")


@dataclass(frozen=True)
class BadDay:
    """A switch: its name, its title, and what it does."""

    name: str
    title: str
    means: str


BAD_DAYS = (
    BadDay("500", "Phantombuster is down", "Every call is answered with HTTP 500"),
    BadDay("slow", "Phantombuster is slow", f"Every answer takes {SLOW_SECONDS:.0f} s"),
    BadDay("404", "Only launch and stop work", "Every read is answered with HTTP 404"),
    BadDay("html", "A page instead of answers", "Every read is answered with a web page"),
    BadDay("unknown_words", "New words", "States and endings come in unknown words"),
    BadDay("nulls", "Empty answers", "Everything but ids is null"),
    BadDay("cut", "A launch's answer is lost", "It launches, then the connection is cut"),
    BadDay("key", "The key is revoked", "Every call is answered with HTTP 401"),
    BadDay("cookie", "The session cookie expired", "New runs end with exit code 87"),
    BadDay("quota", "Execution time is used up", "No run starts until there is more"),
    BadDay(_OF_SLACK, "Slack is rate-limiting us", f"Messages meet HTTP 429, wait {PATIENCE} s"),
)


class BadDays:
    """The switches and which of them are on; several can be on together."""

    def __init__(self, slack: "LocalSlack", phantombuster: LocalPhantombuster) -> None:
        self._slack = slack
        self._phantombuster = phantombuster
        self._on: set[str] = set()

    def switch(self, name: str, *, on: bool) -> None:
        """Turn a switch on or off.

        Raises:
            LookupError: there is none of that name.
        """
        if name not in {day.name for day in BAD_DAYS}:
            raise LookupError(name)
        self._on = self._on | {name} if on else self._on - {name}
        self._arrange()

    @property
    def at_phantombuster(self) -> bool:
        """Return whether a switch of Phantombuster's is on."""
        return bool(self._on - {_OF_SLACK})

    def listed(self) -> list[dict[str, Any]]:
        """Return all switches, and whether they are on."""
        return [
            {"name": day.name, "title": day.title, "means": day.means, "on": day.name in self._on}
            for day in BAD_DAYS
        ]

    def _arrange(self) -> None:
        self._phantombuster.clear_faults()
        self._slack.clear_failures()
        self._phantombuster.spoil_runs(expired="cookie" in self._on, used_up="quota" in self._on)
        make: dict[str, Callable[[], None]] = {
            "cut": lambda: self._phantombuster.fault("cut_after", on="launch", times=None),
            "500": lambda: self._phantombuster.fault("500", times=None),
            "key": lambda: self._phantombuster.fault("401", times=None),
            "slow": lambda: self._phantombuster.fault("slow", times=None, seconds=SLOW_SECONDS),
            _OF_SLACK: self._ask_for_patience,
        } | {kind: partial(self._spoil_reads, kind) for kind in _SPOILED}
        for name, arrange in make.items():
            if name in self._on:
                arrange()

    def _spoil_reads(self, kind: str) -> None:
        for endpoint in _READS:
            self._phantombuster.fault(kind, on=endpoint, times=None)

    def _ask_for_patience(self) -> None:
        for method in _TELLING:
            self._slack.fail(method, "ratelimited", times=None, retry_after=PATIENCE)
