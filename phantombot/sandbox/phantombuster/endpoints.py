"""What each call does to the account whose key it carries, and the calls of v1."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from phantombot.sandbox.phantombuster import answers, output
from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.accounts import MAIN, Accounts
from phantombot.sandbox.phantombuster.agents import SandboxAgent
from phantombot.sandbox.phantombuster.calls import (
    Call,
    LaunchRecord,
    Refused,
    TooManyRuns,
    check_launch,
    key_in,
    launch_record,
    saves,
)
from phantombot.sandbox.phantombuster.faults import Fault
from phantombot.sandbox.phantombuster.v2 import endpoints as v2

_READS: dict[str, answers.Answer] = {
    "output": output.output,
    "containers": answers.containers,
    "agent": answers.record,
}


class Endpoints:
    """The endpoints of the API; launches are recorded. Call only while holding the
    server's lock.
    """

    def __init__(
        self, accounts: Accounts, launches: list[LaunchRecord], clock: Callable[[], float]
    ) -> None:
        self._accounts = accounts
        self._launches = launches
        self._clock = clock

    def answer(self, call: Call) -> Any:
        """Return the data of the answer, or an answer that isn't JSON.

        Raises:
            Refused: the key, the agent or a parameter isn't accepted.
        """
        if not call.endpoint:
            raise Refused(call.wrong, HTTPStatus(call.wrong).phrase)
        account, now = self._opened_by(call), self._clock()
        if call.version == "v2":
            return v2.answer(account, call, now, self._launches)
        if call.endpoint == "user":
            return answers.user(account, now)
        agent = account.agents.get(call.agent_id)
        if agent is None:
            launched = call.endpoint == "launch"
            raise Refused(
                account.form.unknown_launched if launched else HTTPStatus.NOT_FOUND,
                "Agent not found",
            )
        if call.endpoint == "launch":
            return self._launch(account, agent, call, now)
        if call.endpoint == "abort":
            account.abort(agent, now)
            return None
        return _READS[call.endpoint](account, agent, call.given, now)

    def state(self, faults: Sequence[Fault]) -> dict[str, Any]:
        """Return the first account, and what happened on all accounts, without secrets."""
        key = self._accounts.keys[MAIN]
        masked = f"…{key[-4:]}" if len(key) > 8 else ""  # noqa: PLR2004 - half a key is no mask
        return answers.state(self._accounts.named(MAIN), self._clock()) | {
            "key": masked,
            "accounts": [account.name for account in self._accounts.every()],
            "launches": [_masked(record) for record in self._launches],
            "faults": [asdict(each) for each in faults],
        }

    def _opened_by(self, call: Call) -> Account:
        """Return the account of the key in the header; refuse `key=`, which we must never send."""
        owner = self._accounts.owner(key_in(call.request))
        if owner is None or "key" in call.given or "key" in call.request.query:
            raise Refused(401, "Unauthorized")
        return self._accounts.named(owner)

    def _launch(
        self, account: Account, agent: SandboxAgent, call: Call, now: float
    ) -> dict[str, Any] | None:
        check_launch(call.given, account.form)
        if account.full(agent, now):
            raise TooManyRuns
        if saves(call.given, account.form):
            account.save(agent, call.given)
        run = account.launch(agent, now, launch_type="user api call")
        self._launches.append(launch_record(run, call, now, account))
        named = {"containerId": answers.container_id(account, run)}
        return named if account.form.names_launches else None


def _masked(record: LaunchRecord) -> dict[str, Any]:
    return {
        "account": record.account,
        "agentId": record.agent_id,
        "containerId": record.container_id,
        "command": record.command,
        "argument": None if record.argument is None else "…",
        "save": record.save,
        "tags": record.tags,
    }
