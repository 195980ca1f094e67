"""Webhooks, which are called when an agent's runs end."""

import http.client
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.answers import container_id
from phantombot.sandbox.phantombuster.output import result_text
from phantombot.sandbox.phantombuster.runs import Run

_PATIENCE = 5
_LOOKS_EVERY = 0.25
_ON_THIS_MACHINE = frozenset({"127.0.0.1", "localhost"})


@dataclass
class _Hook:
    account: Account
    agent_id: str
    url: str = field(repr=False)
    told: set[int] = field(default_factory=set)
    """Serials of the runs that it was called for, or that were over when it was set."""


class Webhooks:
    """The webhooks of all accounts; threads call each once for each run that ends.

    `changed` is the server's lock: it is notified when a run begins, or ends early.
    """

    def __init__(self, clock: Callable[[], float], changed: threading.Condition) -> None:
        self._clock, self._changed = clock, changed
        self._hooks: dict[tuple[str, str], _Hook] = {}
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._callers = ThreadPoolExecutor(4, thread_name_prefix="webhook")

    def set(self, account: Account, agent_id: str, url: str) -> None:
        """Call the URL when a run of the agent ends. Call only while holding the lock.

        Raises:
            LookupError: no such agent.
            ValueError: the address isn't on this machine; nothing here may leave the machine.
        """
        if urlsplit(url).hostname not in _ON_THIS_MACHINE:
            raise ValueError("A webhook of the sandbox is an address of this machine")
        hook = _Hook(account, account.agents[agent_id].id, url)
        hook.told = {run.serial for run in self._runs(hook) if run.ended(self._clock())}
        self._hooks[account.name, agent_id] = hook
        self._changed.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="webhooks", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Make no further calls. Call only while holding the lock."""
        self._stopped = True
        self._changed.notify_all()
        self._callers.shutdown(wait=False, cancel_futures=True)

    def _watch(self) -> None:
        with self._changed:
            while not self._stopped:
                for hook in self._hooks.values():
                    self._call_for_what_ended(hook)
                self._changed.wait(self._until_the_next_end())

    def _call_for_what_ended(self, hook: _Hook) -> None:
        for run in self._runs(hook):
            if run.serial not in hook.told and run.ended(self._clock()):
                hook.told.add(run.serial)
                self._callers.submit(_call, hook.url, _told(hook.account, run))

    def _until_the_next_end(self) -> float | None:
        """Return a few seconds at most, as the clock may run fast; None if there is
        nothing to wait for.
        """
        ends = [
            run.ends
            for hook in self._hooks.values()
            for run in self._runs(hook)
            if run.serial not in hook.told
        ]
        soonest = min(ends, default=float("inf"))
        if soonest == float("inf"):
            return None
        return min(max(soonest - self._clock(), 0.0), _LOOKS_EVERY)

    def _runs(self, hook: _Hook) -> list[Run]:
        return list(hook.account.runs(hook.account.agents[hook.agent_id]))


def _told(account: Account, run: Run) -> dict[str, Any]:
    """Return the body of the call. Durations are in milliseconds; the shape of
    `script` is undocumented.
    """
    return {
        "agentId": run.agent.id,
        "agentName": run.agent.name,
        "containerId": str(container_id(account, run)),
        "script": f"{run.agent.name}.js",
        "scriptOrg": account.name,
        "branch": "master",
        "launchDuration": int((run.starts - run.queued) * 1000),
        "runDuration": int((run.ends - run.starts) * 1000),
        "resultObject": result_text(account, run, run.ends),
        "exitMessage": run.end_type,
        "exitCode": run.ending.exit_code,
    }


def _call(url: str, told: dict[str, Any]) -> None:
    """Make the call, once: retries aren't documented."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=_PATIENCE)
    with suppress(OSError, http.client.HTTPException):
        headers = {"Content-Type": "application/json"}
        connection.request("POST", address.path, json.dumps(told), headers)
        connection.getresponse().read()
    connection.close()
