"""The moments at which a bot is killed: armed beforehand, and waited for."""

import threading
from collections.abc import Callable

from patience import PATIENCE

from phantombot.sandbox.phantombuster import SeenRequest

from .conftest import Wire

CALLS = {
    "later": {"user": "/user", "output": "/output", "launch": "/launch"},
    "v2": {
        "user": "/orgs/fetch-running-containers",
        "output": "/agents/fetch-output",
        "launch": "/agents/launch",
    },
}
"""What a call's path holds, by the account's form."""


class Tripwire(list):
    """A record of requests that rings when so many of a kind have arrived."""

    def __init__(self, part: str, times: int) -> None:
        super().__init__()
        self.part = part
        self.times = times
        self.rung = threading.Event()

    def append(self, request: SeenRequest) -> None:
        super().append(request)
        if sum(self.part in one.path for one in self) >= self.times:
            self.rung.set()


def at_phantombusters(call: str, times: int = 1) -> Callable[[Wire], Callable[[], bool]]:
    def arm(wire: Wire) -> Callable[[], bool]:
        part = CALLS[wire.phantombuster.form.name][call]
        wire.phantombuster.requests = Tripwire(part, times)
        return lambda: wire.phantombuster.requests.rung.wait(PATIENCE)

    return arm


def in_the_middle_of(method: str, part: str = "") -> Callable[[Wire], Callable[[], bool]]:
    """In the middle of a call of that method with the part in it, none before it was armed."""

    def arm(wire: Wire) -> Callable[[], bool]:
        seen = len(wire.slack.calls)
        wire.slack.fail(method, "slow", seconds=2)
        return lambda: wire.slack.wait_for(
            lambda slack: any(
                call.method == method and part in str(call) for call in slack.calls[seen:]
            ),
            PATIENCE,
        )

    return arm
