"""The local Phantombuster's answer to output, in the form of the account."""

import json
from typing import Any

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.agents import SandboxAgent
from phantombot.sandbox.phantombuster.answers import Parameters, container_id, progress
from phantombot.sandbox.phantombuster.calls import Refused
from phantombot.sandbox.phantombuster.console import console_from, file_url
from phantombot.sandbox.phantombuster.messages import messages
from phantombot.sandbox.phantombuster.runs import Run, State


def output(account: Account, agent: SandboxAgent, given: Parameters, now: float) -> dict[str, Any]:
    """Answer `agent/{id}/output.json`.

    Raises:
        Refused: a parameter that can't be read, or a container of another agent.
    """
    if account.form.output != "container":
        return _output_2014(account, agent, given, now)
    run, tracked = _wanted(account, agent, given)
    always = account.form.container_status == "always"
    data = {
        **_counted(account, agent, "agentStatus", now),
        **({"containerStatus": _state(run, now)} if tracked or always else {}),
        "containerId": container_id(account, run) if run else account.form.no_container,
        "progress": _output_progress(account, run, now),
        "messages": _messages(account, agent, given, now),
        **console_from(account, run, _number(given, "fromOutputPos", 0), now),
    }
    if run is None or not has_result(account, run, now) or _declined(account, given):
        return data
    return data | {"resultObject": result(account, run)}


def _counted(account: Account, agent: SandboxAgent, status: str, now: float) -> dict[str, Any]:
    states = [each.state(now) for each in account.open_runs(agent, now)]
    return {
        status: _agent_status(states),
        "runningContainers": states.count("running"),
        "queuedContainers": states.count("queued"),
    }


def _state(run: Run | None, now: float) -> State:
    return run.state(now) if run else "not running"


def _output_progress(account: Account, run: Run | None, now: float) -> dict[str, Any] | None:
    if account.form.idle_progress == "null" and _state(run, now) != "running":
        return None
    return progress(run, now)


def _output_2014(
    account: Account, agent: SandboxAgent, given: Parameters, now: float
) -> dict[str, Any]:
    """Answer with the latest run that started; ignore a position in another launch (inferred)."""
    runs = account.runs(agent)
    started = [run for run in runs if run.agent.runs and run.state(now) != "queued"]
    run = started[-1] if started else None
    position = _number(given, "fromOutputPos", 0)
    counted = _counted(account, agent, "status", now)
    if account.form.output == "launch number":
        number = run.number if run else 0
        same = _number(given, "launchNumber", number) == number
        told = {"status": counted["status"], "launchNumber": number}
    else:
        known = container_id(account, run) if run else account.form.no_container
        same = given.get("containerId", str(known)) == str(known)
        told = counted | {"containerId": known}
    return told | {
        "messages": _messages(account, agent, given, now),
        **console_from(account, run, position if same else 0, now),
    }


def _agent_status(states: list[State]) -> State:
    if "running" in states:
        return "running"
    return "queued" if "queued" in states else "not running"


def _wanted(account: Account, agent: SandboxAgent, given: Parameters) -> tuple[Run | None, bool]:
    """Return the run asked for, and whether it is tracked: "where a containerId is given"."""
    asked = given.get("containerId", "")
    mode = given.get("mode") or ("track" if asked else "most-recent")
    if mode not in ("track", "most-recent"):
        raise Refused(400, "Unknown mode")
    runs = account.runs(agent)
    if mode == "most-recent" or asked in ("", "0"):
        return (runs[-1] if runs else None), mode == "track"
    found = [run for run in runs if str(run.container_id) == asked]
    if not found:
        raise Refused(404, "Container not found")
    return found[0], True


def has_result(account: Account, run: Run, now: float) -> bool:
    """Return whether the result object is set by now."""
    agent, completed = run.agent, run.agent.runs and run.ended(now) and not run.killed
    in_files = account.form.wire_of_today and agent.result_in == "files"
    return agent.result is not None and completed and not in_files


def result(account: Account, run: Run) -> Any:
    """Return the result object; today that is a JSON string of rows, or the URLs of its files."""
    agent, found = run.agent, run.agent.returns(run.number)
    if not account.form.wire_of_today:
        return found
    if agent.result_in == "pointer":
        return {
            "csvURL": file_url(account, agent, "csv"),
            "jsonUrl": file_url(account, agent, "json"),
        }
    return json.dumps(found)


def result_text(account: Account, run: Run, now: float) -> str | None:
    """Return the result object as JSON text, as v2 and webhooks have it; None if none is set."""
    if not has_result(account, run, now):
        return None
    found = result(account, run)
    return found if account.form.wire_of_today and isinstance(found, str) else json.dumps(found)


def _declined(account: Account, given: Parameters) -> bool:
    said = given.get("withoutResultObject", "")
    return account.form.omits_results and said not in ("", "0", "false")


def _messages(
    account: Account, agent: SandboxAgent, given: Parameters, now: float
) -> list[dict[str, Any]]:
    """Return the messages after `fromMessageId`; since 2015 "default -1 = none"."""
    after = _number(given, "fromMessageId", -1)
    if account.form.output == "container" and after < 0:
        return []
    return [told for told in messages(account, agent, now) if told["id"] > after]


def _number(given: Parameters, name: str, otherwise: int) -> int:
    try:
        return int(given.get(name) or otherwise)
    except ValueError:
        raise Refused(400, f"{name} must be an integer") from None
