"""The panel beside the channel: the local Phantombuster, the bad days and the traffic."""

from typing import TYPE_CHECKING, Any

from phantombot.sandbox.page.bad_days import BadDays
from phantombot.sandbox.phantombuster import LocalPhantombuster
from phantombot.sandbox.traffic import Traffic

if TYPE_CHECKING:
    from phantombot.sandbox.slack.local import LocalSlack

RUNS = 12
"""The number of runs shown."""


class Beside:
    """The contents of the panel, and the actions in it."""

    def __init__(self, slack: "LocalSlack", phantombuster: LocalPhantombuster) -> None:
        self.traffic = Traffic()
        self._phantombuster = phantombuster
        self._bad_days = BadDays(slack, phantombuster)
        phantombuster.watch(self.traffic.watch("phantombot", "Phantombuster", "/api/"))

    def account(self) -> dict[str, Any]:
        """Return the account's agents, its latest runs and the switches."""
        state = self._phantombuster.state()
        return {
            "agents": state["agents"],
            "runs": state["runs"][: -RUNS - 1 : -1],
            "badDays": self._bad_days.listed(),
        }

    def switch(self, asked: dict[str, Any]) -> Any:
        """Turn a bad day on or off."""
        self._bad_days.switch(asked["name"], on=bool(asked["on"]))
        return {"error": None}

    def launch_elsewhere(self, asked: dict[str, Any]) -> Any:
        """Launch an agent as somebody would on Phantombuster's own page."""
        self._phantombuster.launch_elsewhere(str(asked["agent"]))
        return {"error": None}
