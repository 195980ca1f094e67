"""News for the page, as server-sent events: one of a name whenever what it tells has changed."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from phantombot.sandbox.slack.state import Workspace

TICK = 0.25
"""Seconds after which what rings no bell is looked at again: runs go on by the clock alone."""

Look = Callable[[], Any]
"""What there is to tell now."""


def stream(
    workspace: Workspace, rung: Mapping[str, Look], ticking: Mapping[str, Look]
) -> Iterator[bytes]:
    """Events for as long as the sandbox runs: of `rung` at each change of the workspace."""
    told: dict[str, str] = {}
    heard = -1
    while not workspace.stopped:
        version = workspace.version
        looks = ticking if version == heard else {**rung, **ticking}
        heard = version
        for name, look in looks.items():
            data = json.dumps(look())
            if told.get(name) != data:
                told[name] = data
                yield f"event: {name}\ndata: {data}\n\n".encode()
        workspace.wait(lambda seen=heard: workspace.version != seen, TICK)  # type: ignore[misc]
