"""The local Phantombuster itself: answers calls, misbehaves as told, and remembers both."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from phantombot.sandbox.phantombuster import answers
from phantombot.sandbox.phantombuster.agents import AGENTS, SandboxAgent
from phantombot.sandbox.phantombuster.calls import (
    Call,
    LaunchRecord,
    Refused,
    SeenRequest,
    call_of,
    check_launch,
    launch_record,
    seen,
)
from phantombot.sandbox.phantombuster.faults import (
    AFTERWARDS,
    INSTEAD,
    Fault,
    fault,
    fault_from,
    refusal,
)
from phantombot.sandbox.phantombuster.runs import Account, Form
from phantombot.sandbox.server import LocalServer, Request, Response, json_response

_READS: dict[str, answers.Answer] = {
    "output": answers.output,
    "containers": answers.containers,
    "agent": answers.record,
}


class LocalPhantombuster:
    """Serves one account on loopback. Thread-safe; `clock` tells seconds from any beginning."""

    def __init__(  # noqa: PLR0913 - settings, each by its name
        self,
        *,
        form: Form = "later",
        key: str = "sandbox-key-0123456789",
        agents: Iterable[SandboxAgent] = AGENTS,
        port: int = 0,
        speed: float = 1.0,
        string_ids: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.key = key
        """The key that is accepted; none is while this is empty."""
        self.launches: list[LaunchRecord] = []
        """Every launch that acted, in order."""
        self.requests: list[SeenRequest] = []
        """Every request of the API, in order; the control surface's are not among them."""
        self._account = Account(
            agents={agent.id: agent for agent in agents},
            form=form,
            speed=speed,
            epoch=time.time() - clock(),
            string_ids=string_ids,
        )
        self._clock = clock
        self._faults: list[Fault] = []
        self._changed = threading.Condition()  # the one lock: never held during a wait
        self._stopped = threading.Event()
        self._server = LocalServer(self._handle, port)

    @property
    def url(self) -> str:
        """Base of the API, with its trailing slash."""
        return f"{self._server.url}/api/v1/"

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening, and end every wait at once with a cut connection."""
        self._stopped.set()
        self._server.stop()

    def fault(
        self, kind: str, *, on: str = "*", times: int | None = 1, seconds: float = 8.0
    ) -> None:
        """Misbehave for the next `times` calls of `on`, or until cleared where that is None.

        "slow" waits `seconds` (of the wall clock), then acts and answers. "500", "400", "401",
        "404", "429", "html" and "cut_before" do nothing but answer so. "500_after", "cut_after"
        and "hang_after" act first; the last never answers. "echo" is a 400 that repeats the
        argument and the key it received. Of several faults a call meets the oldest.

        Raises:
            ValueError: no such kind or endpoint.
        """
        self._add(fault(kind, on, times, seconds))

    def clear_faults(self) -> None:
        """Behave again. Calls that already wait go on waiting."""
        with self._changed:
            self._faults.clear()

    def withdraw_key(self) -> None:
        """Accept no key until another is set."""
        self.key = ""

    def running(self) -> list[tuple[str, str]]:
        """Agent id and container id of every run that is now queued or running."""
        with self._changed:
            now = self._clock()
            runs = [run for run in self._account.all_runs() if not run.ended(now)]
        return [(run.agent.id, str(run.container_id)) for run in runs]

    def wait_for_launch(self, count: int, timeout: float) -> bool:
        """Wait until `count` launches have acted; False after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.launches) >= count, timeout)

    def _handle(self, request: Request) -> Response:
        if self._stopped.is_set():
            return Response(cut=True)
        if request.path.startswith("/_control/"):
            return self._control(request)
        call = call_of(request, self._account.form)
        with self._changed:
            self.requests.append(seen(request))
            met = self._next_fault(call.endpoint)
        return self._misbehave(met, call) if met else self._act(call)

    def _next_fault(self, endpoint: str) -> Fault | None:
        for place, candidate in enumerate(self._faults):
            if candidate.meets(endpoint):
                self._faults[place : place + 1] = candidate.remainder()
                return candidate
        return None

    def _misbehave(self, met: Fault, call: Call) -> Response:
        if met.kind in INSTEAD:
            return INSTEAD[met.kind]
        if met.kind == "echo":
            return refusal(400, f"Cannot use {call.given.get('argument')} with key {call.key}")
        if met.kind == "slow":
            return Response(cut=True) if self._stopped.wait(met.seconds) else self._act(call)
        self._act(call)
        if met.kind == "hang_after":
            self._stopped.wait()
        return AFTERWARDS[met.kind]

    def _act(self, call: Call) -> Response:
        try:
            with self._changed:
                data = self._answer(call)
        except Refused as refused:
            return refusal(refused.status, str(refused))
        return json_response({"status": "success", "data": data})

    def _answer(self, call: Call) -> Any:
        self._check_key(call)
        now = self._clock()
        if call.endpoint == "user":
            return answers.user(self._account, now)
        agent = self._account.agents.get(call.agent_id)
        if not call.endpoint or agent is None:
            raise Refused(404, "Agent not found" if call.endpoint else "Not found")
        if call.endpoint == "launch":
            return self._launch(agent, call, now)
        if call.endpoint == "abort":
            self._account.abort(agent, now)
            return None
        return _READS[call.endpoint](self._account, agent, call.given, now)

    def _check_key(self, call: Call) -> None:
        """By header alone: the real one also takes `key=`, which our side must never send."""
        if not self.key or call.key != self.key or "key" in call.given:
            raise Refused(401, "Unauthorized")

    def _launch(self, agent: SandboxAgent, call: Call, now: float) -> dict[str, Any] | None:
        given = call.given
        check_launch(given, self._account.form)
        if given.get("saveLaunchOptions"):
            self._account.save(agent, given)
        run = self._account.launch(agent, now)
        self.launches.append(launch_record(run, call, now))
        self._changed.notify_all()
        if self._account.form == "2014":
            return None
        return {"containerId": answers.container_id(self._account, run)}

    def _add(self, wanted: Fault) -> None:
        with self._changed:
            self._faults.append(wanted)

    def _control(self, request: Request) -> Response:
        match request.method, request.path:
            case "POST", "/_control/fault":
                try:
                    self._add(fault_from(request.json))
                except ValueError as wrong:
                    return refusal(400, str(wrong))
            case "POST", "/_control/clear":
                self.clear_faults()
            case "GET", "/_control/state":
                return json_response(self._state())
            case _:
                return refusal(404, "Not found")
        return json_response({"status": "success", "data": None})

    def _state(self) -> dict[str, Any]:
        """Everything but what is secret."""
        with self._changed:
            masked = f"…{self.key[-4:]}" if len(self.key) > 8 else ""  # noqa: PLR2004 - half a key is no mask
            return answers.state(self._account, self._clock()) | {
                "key": masked,
                "launches": [_masked(record) for record in self.launches],
                "faults": [asdict(each) for each in self._faults],
            }


def _masked(record: LaunchRecord) -> dict[str, Any]:
    return {
        "agentId": record.agent_id,
        "containerId": record.container_id,
        "command": record.command,
        "argument": None if record.argument is None else "…",
        "save": record.save,
    }
