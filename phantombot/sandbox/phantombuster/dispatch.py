"""Record and parse each request; execute it, or answer with a fault."""

import threading
from collections.abc import Callable
from typing import Any

from phantombot.sandbox.phantombuster import calls
from phantombot.sandbox.phantombuster.accounts import MAIN, Accounts
from phantombot.sandbox.phantombuster.calls import Call, Refused, SeenRequest, key_in, seen
from phantombot.sandbox.phantombuster.endpoints import Endpoints
from phantombot.sandbox.phantombuster.faults import (
    INSTEAD,
    NO_SUCH_PAGE,
    Fault,
    afterwards,
    instead,
    refused,
)
from phantombot.sandbox.phantombuster.forms import Form
from phantombot.sandbox.phantombuster.odd import ODD, Envelope, bare, success
from phantombot.sandbox.phantombuster.v2 import calls as v2_calls
from phantombot.sandbox.server import Request, Response


class Dispatcher:
    """Answers requests to the API, and keeps the faults that apply to them.

    `changed` is the server's lock; it is never held during a wait for anything else.
    """

    def __init__(
        self,
        accounts: Accounts,
        endpoints: Endpoints,
        record: Callable[[SeenRequest], None],
        changed: threading.Condition,
    ) -> None:
        self.faults: list[Fault] = []
        self._accounts = accounts
        self._endpoints = endpoints
        self._record = record
        self._changed = changed
        self._cleared = 0
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Return whether the server has stopped."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Cut every waiting connection."""
        self._stopped.set()

    def clear_faults(self) -> None:
        """Remove all faults, and cut calls held by "silent". Call only while holding the lock."""
        self.faults.clear()
        self._cleared += 1
        self._changed.notify_all()

    def answer(self, request: Request) -> Response:
        """Record a request, and answer it in the form of the account whose key it carries."""
        with self._changed:
            owner = self._accounts.owner(key_in(request))
            form = self._accounts.named(owner or MAIN).form
            self._record(seen(request, owner))
            self._changed.notify_all()
            call = _parsed(request, form)
            met = self._next_fault(call, owner)
        return self._misbehave(met, call, form) if met else self._act(call, form)

    def _next_fault(self, call: Call, account: str | None) -> Fault | None:
        for place, candidate in enumerate(self.faults):
            if candidate.meets(call, account):
                self.faults[place : place + 1] = candidate.remainder()
                return candidate
        return None

    def _misbehave(self, met: Fault, call: Call, form: Form) -> Response:
        if met.kind in INSTEAD:
            return instead(met.kind, form)
        if met.kind == "echo":
            argument, key = call.given.get("argument"), key_in(call.request)
            return refused(form, 400, f"Cannot use {argument} with key {key}")
        if met.kind == "silent":
            return self._say_nothing(met.seconds)
        if met.kind == "slow":
            slept = not self._stopped.wait(met.seconds)
            return self._act(call, form) if slept else Response(cut=True)
        if met.kind in ODD:
            return self._act(call, form, ODD[met.kind])
        self._act(call, form)
        if met.kind == "hang_after":
            self._stopped.wait()
        return afterwards(met.kind, form)

    def _say_nothing(self, seconds: float) -> Response:
        with self._changed:
            before = self._cleared
            self._changed.wait_for(
                lambda: self._stopped.is_set() or self._cleared > before, seconds
            )
        return Response(cut=True)

    def _act(
        self,
        call: Call,
        form: Form,
        spoil: Callable[[Any, Envelope], Response] = lambda data, tell: tell(data),
    ) -> Response:
        if not call.version:
            return NO_SUCH_PAGE
        try:
            with self._changed:
                data = self._endpoints.answer(call)
                self._changed.notify_all()
        except Refused as error:
            return refused(form, error.status, str(error), error.slug)
        return spoil(data, bare if call.version == "v2" else success)


def _parsed(request: Request, form: Form) -> Call:
    if request.path.startswith(v2_calls.PREFIX):
        return v2_calls.call_of(request, form)
    return calls.call_of(request, form)
