"""Server-sent events for the page: one event whenever the data of its name changes."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from phantombot.sandbox.slack.state import Workspace

TICK = 0.25
"""Seconds between checks of data that announces no changes: only the clock advances runs."""

SIGN_OF_LIFE = b":\n\n"
QUIET_TICKS = 20
"""Ticks without news until a comment is sent: only a write shows that the client is gone."""

Look = Callable[[], Any]
"""Returns the current data."""


def stream(
    workspace: Workspace,
    rung: Mapping[str, Look],
    ticking: Mapping[str, Look],
    tick: float = TICK,
) -> Iterator[bytes]:
    """Yield events until the sandbox stops.

    `rung` is checked when the workspace changes, `ticking` at each tick.
    """
    told: dict[str, str] = {}
    heard, quiet = -1, 0
    while not workspace.stopped:
        quiet += 1
        version = workspace.version
        looks = ticking if version == heard else {**rung, **ticking}
        heard = version
        for name, look in looks.items():
            data = json.dumps(look())
            if told.get(name) != data:
                told[name], quiet = data, 0
                yield f"event: {name}\ndata: {data}\n\n".encode()
        if quiet >= QUIET_TICKS:
            quiet = 0
            yield SIGN_OF_LIFE
        workspace.wait(_change_since(workspace, heard), tick)


def _change_since(workspace: Workspace, version: int) -> Callable[[], bool]:
    return lambda: workspace.version != version
