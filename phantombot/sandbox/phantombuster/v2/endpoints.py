"""What each call of v2 does to the account whose key it carries."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.agents import SandboxAgent
from phantombot.sandbox.phantombuster.calls import Call, LaunchRecord, Refused, TooManyRuns
from phantombot.sandbox.phantombuster.runs import LaunchType, Run
from phantombot.sandbox.phantombuster.v2 import agents, containers, orgs
from phantombot.sandbox.phantombuster.v2.calls import check

_READS: dict[str, Callable[[Account, agents.Given, float], Any]] = {
    "agents/fetch": agents.fetch,
    "agents/fetch-all": agents.fetch_all,
    "agents/fetch-output": agents.fetch_output,
    "containers/fetch": containers.fetch,
    "containers/fetch-all": containers.fetch_all,
    "containers/fetch-output": containers.fetch_output,
    "containers/fetch-result-object": containers.fetch_result_object,
    "orgs/fetch": orgs.fetch,
    "orgs/fetch-resources": orgs.fetch_resources,
    "orgs/fetch-running-containers": orgs.fetch_running_containers,
}


def answer(account: Account, call: Call, now: float, launches: list[LaunchRecord]) -> Any:
    """Return the answer's data, or an answer that isn't JSON; record a launch.

    Raises:
        Refused: an object or a parameter isn't accepted.
    """
    check(call)
    if call.endpoint in _READS:
        return _READS[call.endpoint](account, call.given, now)
    if call.agent_id not in account.agents:
        raise Refused(HTTPStatus.BAD_REQUEST, "Agent not found")
    agent = account.agents[call.agent_id]
    if call.endpoint == "agents/launch":
        return _launch(account, agent, call, now, launches)
    return _stop(account, agent, call.given, now)


def _launch(
    account: Account, agent: SandboxAgent, call: Call, now: float, launches: list[LaunchRecord]
) -> dict[str, str]:
    """Launch the agent and return the container's id; if too many instances run, do neither.

    That this is no error is inferred.
    """
    given = call.given
    argument = _argument(account, agent, given)
    if len(account.open_runs(agent, now)) >= given.get("maxInstanceCount", float("inf")):
        return {}
    if account.full(agent, now):
        raise TooManyRuns
    sent = _sent(given)
    if _saves(given) and sent is not None:
        account.save(agent, {"argument": sent})
    by: LaunchType = "manual" if given.get("manualLaunch") else "user api call"
    run = account.launch(agent, now, launch_type=by, tags=given.get("userCustomMetadata"))
    launches.append(_record(account, call, run, argument))
    return {"containerId": str(run.container_id)}


def _record(account: Account, call: Call, run: Run, argument: str | None) -> LaunchRecord:
    return LaunchRecord(
        agent_id=run.agent.id,
        command=None,
        argument=argument,
        save=_saves(call.given),
        headers=call.request.headers,
        query=call.request.query,
        at=run.queued,
        container_id=str(run.container_id),
        account=account.name,
        tags=run.tags,
    )


def _saves(given: Mapping[str, Any]) -> bool:
    return bool(given.get("saveArgument") or given.get("saveArguments"))


def _stop(
    account: Account, agent: SandboxAgent, given: Mapping[str, Any], now: float
) -> dict[str, Any]:
    """Stop the agent's running runs, if any; the answer's body is documented nowhere."""
    if given.get("softAbort"):
        account.ask_to_end(agent, now)
    else:
        account.abort(agent, now)
    return {}


def _argument(account: Account, agent: SandboxAgent, given: Mapping[str, Any]) -> str | None:
    """Return the argument that was sent, or the saved one, with the bonus argument merged into it.

    Raises:
        Refused: two arguments were sent, or one that isn't JSON.
    """
    if "argument" in given and "arguments" in given:
        raise Refused(HTTPStatus.BAD_REQUEST, "Duplicate parameter: argument and arguments")
    sent = _sent(given)
    if sent is not None:
        _parsed(sent)
    if "bonusArgument" not in given:
        return sent
    saved = account.saved.get(agent.id, {}).get("argument", "{}")
    base, bonus = _parsed(saved if sent is None else sent), _parsed(_text(given["bonusArgument"]))
    if not isinstance(base, dict) or not isinstance(bonus, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "Could not validate data")
    return json.dumps(base | bonus, ensure_ascii=False)


def _sent(given: Mapping[str, Any]) -> str | None:
    for name in ("argument", "arguments"):
        if name in given:
            return _text(given[name])
    return None


def _text(argument: Any) -> str:
    return argument if isinstance(argument, str) else json.dumps(argument, ensure_ascii=False)


def _parsed(argument: str) -> Any:
    try:
        return json.loads(argument)
    except (ValueError, RecursionError):
        raise Refused(HTTPStatus.BAD_REQUEST, "Argument is not valid JSON") from None
