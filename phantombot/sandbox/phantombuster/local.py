"""The local Phantombuster: answers calls, misbehaves as told, and records both."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from phantombot.sandbox.phantombuster.accounts import MAIN, Accounts
from phantombot.sandbox.phantombuster.agents import AGENTS, SandboxAgent
from phantombot.sandbox.phantombuster.control import control
from phantombot.sandbox.phantombuster.dispatch import Dispatcher
from phantombot.sandbox.phantombuster.endpoints import Endpoints
from phantombot.sandbox.phantombuster.faults import Fault, fault
from phantombot.sandbox.phantombuster.forms import Form, form_of
from phantombot.sandbox.phantombuster.runs import EndType
from phantombot.sandbox.phantombuster.webhooks import Webhooks
from phantombot.sandbox.server import LocalServer, Request, Response, Watch

if TYPE_CHECKING:
    from phantombot.sandbox.phantombuster.calls import LaunchRecord, SeenRequest


class LocalPhantombuster:
    """A server of accounts on loopback. Thread-safe; `clock` returns seconds from
    any start.

    There is one account from the start, named "ada", with `key` and `agents`.
    """

    def __init__(  # noqa: PLR0913 - settings, each by its name
        self,
        *,
        form: Form | str = "later",
        key: str = "sandbox-key-0123456789",
        agents: Iterable[SandboxAgent] = AGENTS,
        port: int = 0,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.launches: list[LaunchRecord] = []
        """Every launch that took effect, in order."""
        self.requests: list[SeenRequest] = []
        """Every request to the API, in order, without those to the control API."""
        self._epoch = time.time() - clock()
        self._accounts = Accounts(form_of(form), speed, self._epoch)
        self._account = self._accounts.open(MAIN, key, agents)
        self._endpoints = Endpoints(self._accounts, self.launches, clock)
        self._clock = clock
        self._changed = threading.Condition()  # the one lock: never held during a wait
        self._dispatcher = Dispatcher(
            self._accounts,
            self._endpoints,
            self._record,
            self._changed,
        )
        self._webhooks = Webhooks(clock, self._changed)
        self._server = LocalServer(self._handle, port)

    @property
    def url(self) -> str:
        """Return the base URL of v1, with its trailing slash."""
        return f"{self.root}v1/"

    @property
    def v2_url(self) -> str:
        """Return the base URL of v2, which only some forms answer, with its trailing slash."""
        return f"{self.root}v2/"

    @property
    def root(self) -> str:
        """Return the URL that the versions of the API are below, with its trailing slash."""
        return f"{self._server.url}/api/"

    @property
    def key(self) -> str:
        """Return the key of the first account; while it is empty, no key is accepted."""
        return self._accounts.keys[MAIN]

    @key.setter
    def key(self, key: str) -> None:
        self._accounts.keys[MAIN] = key

    def add_account(self, name: str, key: str, agents: Iterable[SandboxAgent] = AGENTS) -> None:
        """Add an account; its agents can have the same ids as another's.

        Raises:
            ValueError: the name or the key is taken.
        """
        with self._changed:
            self._accounts.open(name, key, agents)

    def watch(self, watch: Watch) -> None:
        """Call `watch` for each request and its answer."""
        self._server.watch = watch

    def state(self) -> dict[str, Any]:
        """Answer `GET /_control/state`: the first account, without secrets."""
        with self._changed:
            return self._endpoints.state(self._dispatcher.faults)

    def start(self) -> None:
        """Start listening."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening, and cut every waiting connection."""
        self._dispatcher.stop()
        with self._changed:
            self._webhooks.stop()
        self._server.stop()

    def fault(
        self,
        kind: str,
        *,
        on: str = "*",
        times: int | None = 1,
        seconds: float = 8.0,
        account: str | None = None,
    ) -> None:
        """Misbehave for the next `times` calls of `on`, or until cleared if that is None.

        An endpoint of v1 also means v2's endpoints that do the same; v2's own names work too.

        With an `account`, only calls with its key meet the fault.

        "slow" waits `seconds` (of the wall clock), then acts and answers. "silent" does nothing,
        and cuts the connection after `seconds`, or as soon as faults are cleared. "400", "401",
        "403", "404", "405", "410", "429", "500", "html", "html_502" and "cut_before" answer so and
        do nothing else. "500_after", "cut_after" and "hang_after" act first; the last never
        answers. "echo" is a 400 that repeats the argument and the key it received. All others act,
        and give undocumented answers: "null" data, "{}", "empty" for an empty body, a body
        "cut_in_the_middle", "unknown_words" for every status, "nulls" for all but ids, "strings"
        for every number, a "strange_agent" or two before the good ones, and "large" for 6 MB. If
        there are several faults, the oldest applies.

        Raises:
            ValueError: no such kind or endpoint.
        """
        self.add_fault(fault(kind, on, times, seconds, account))

    def add_fault(self, wanted: Fault) -> None:
        """Add a fault after those that are still to come."""
        with self._changed:
            self._dispatcher.faults.append(wanted)

    def clear_faults(self) -> None:
        """Behave again. Calls held by "silent" are cut; others go on waiting."""
        with self._changed:
            self._dispatcher.clear_faults()

    def spoil_runs(self, *, expired: bool = False, used_up: bool = False) -> None:
        """Make new runs of the first account fail with an expired cookie, or not start at all."""
        with self._changed:
            self._account.expired, self._account.used_up = expired, used_up

    @property
    def form(self) -> Form:
        """Return the form of the first account."""
        return self._account.form

    def switch(self, form: Form | str) -> None:
        """Change the form of the first account; its key, agents and runs stay.

        Raises:
            ValueError: no form has this name.
        """
        with self._changed:
            self._account.form = form_of(form)

    def set_clock(self, seconds: float) -> None:
        """Shift the server's clock, and so the times in its answers and `Date`, by `seconds`."""
        with self._changed:
            self._accounts.set_epoch(self._epoch + seconds)

    def withdraw_key(self, account: str = MAIN) -> None:
        """Reject every key of an account; for the first one, until another is set."""
        self._accounts.keys[account] = ""

    def running(self, account: str | None = None) -> list[tuple[str, str]]:
        """Return agent id and container id of every unfinished run, of all accounts or of one."""
        with self._changed:
            now = self._clock()
            asked = [self._accounts.named(account)] if account else self._accounts.every()
            runs = [run for one in asked for run in one.all_runs() if not run.ended(now)]
        return [(run.agent.id, str(run.container_id)) for run in runs]

    def launch_elsewhere(
        self, *agents: str, account: str = MAIN, seconds: float | None = None
    ) -> list[str]:
        """Launch agents, or all of the account, as somebody would on Phantombuster's own page.

        Return the container ids. `seconds` overrides how long the runs take, and may be FOREVER.
        These launches are not in `launches`.

        Raises:
            LookupError: no such account or agent.
        """
        with self._changed:
            there, now = self._accounts.named(account), self._clock()
            asked = [there.agents[one] for one in agents or there.agents]
            self._changed.notify_all()
            runs = [there.launch(one, now, seconds=seconds) for one in asked]
            return [str(run.container_id) for run in runs]

    def finish(self, *agents: str, account: str = MAIN, end_type: EndType = "finished") -> None:
        """End the running runs of the agents, or of all of the account, now.

        They end normally, or as `end_type` says: killed, or at a time limit.

        Raises:
            LookupError: no such account or agent.
        """
        with self._changed:
            there, now = self._accounts.named(account), self._clock()
            for one in agents or there.agents:
                there.finish(there.agents[one], now, end_type)
            self._changed.notify_all()

    def hook(self, agent: str, url: str, *, account: str = MAIN) -> None:
        """Call a URL on this machine whenever a run of the agent ends.

        Raises:
            LookupError: no such account or agent.
            ValueError: the address is not one of this machine.
        """
        with self._changed:
            self._webhooks.set(self._accounts.named(account), agent, url)

    def wait_for_launch(self, count: int, timeout: float) -> bool:
        """Wait until `count` launches have taken effect; return False after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.launches) >= count, timeout)

    def _handle(self, request: Request) -> Response:
        if self._dispatcher.stopped:
            return Response(cut=True)
        if request.path.startswith("/_control/"):
            return control(self, request)
        return self._dated(self._dispatcher.answer(request))

    def _record(self, seen: "SeenRequest") -> None:
        self.requests.append(seen)  # looked up each time, since a test can replace the list

    def _dated(self, answer: Response) -> Response:
        date = formatdate(self._account.epoch + self._clock(), usegmt=True)
        return replace(answer, headers=answer.headers | {"Date": date})
