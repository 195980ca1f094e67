"""The panel beside the channel: the local Phantombuster, the bad days and the traffic."""

from typing import TYPE_CHECKING, Any

from phantombot.sandbox.page.bad_days import BadDays
from phantombot.sandbox.page.steps import Steps
from phantombot.sandbox.phantombuster import DEFAULT_FORM, FORMS, LocalPhantombuster
from phantombot.sandbox.traffic import Traffic

if TYPE_CHECKING:
    from phantombot.sandbox.slack.local import LocalSlack

RUNS = 12
"""The number of runs shown."""


class Panel:
    """The contents of the panel, and the actions in it."""

    def __init__(self, slack: "LocalSlack", phantombuster: LocalPhantombuster) -> None:
        self.traffic = Traffic()
        self._phantombuster = phantombuster
        form = phantombuster.form
        self._forms = {
            "v1": FORMS[DEFAULT_FORM] if form.has_v2 else form,
            "v2": form if form.has_v2 else FORMS["v2"],
        }
        self._bad_days = BadDays(slack, phantombuster)
        self.steps = Steps(slack, phantombuster)
        phantombuster.watch(self.traffic.watch("phantombot", "Phantombuster", "/api/"))

    def account(self) -> dict[str, Any]:
        """Return the account's key and API, its agents, its latest runs and the switches."""
        state = self._phantombuster.state()
        return {
            "api": "v2" if self._phantombuster.form.has_v2 else "v1",
            "key": self._phantombuster.key,
            "agents": state["agents"],
            "runs": state["runs"][: -RUNS - 1 : -1],
            "badDays": self._bad_days.listed(),
        }

    def switch(self, asked: dict[str, Any]) -> Any:
        """Turn a bad day on or off."""
        self._bad_days.switch(asked["name"], on=bool(asked["on"]))
        self.steps.broken(on=self._bad_days.at_phantombuster)
        return {"error": None}

    def choose_api(self, asked: dict[str, Any]) -> Any:
        """Switch the account to v1 or v2; in v1 it has the form it started with, if any."""
        self._phantombuster.switch(self._forms[asked["version"]])
        return {"error": None}

    def launch_elsewhere(self, asked: dict[str, Any]) -> Any:
        """Launch an agent as somebody would on Phantombuster's own page."""
        agent = str(asked["agent"])
        (container,) = self._phantombuster.launch_elsewhere(agent)
        agents = self._phantombuster.state()["agents"]
        name = next(one["name"] for one in agents if str(one["id"]) == agent)
        self.steps.launched_elsewhere(container, agent, name)
        return {"error": None}
