"""What the local Phantombuster answers to each call of API v1, in the 2014 form and the later one.

What no document tells is marked as inferred.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.agents import SandboxAgent
from phantombot.sandbox.phantombuster.calls import Refused
from phantombot.sandbox.phantombuster.messages import messages
from phantombot.sandbox.phantombuster.runs import Run, State, console

Parameters = Mapping[str, str]
Answer = Callable[[Account, SandboxAgent, Parameters, float], Any]


def user(account: Account, now: float) -> dict[str, Any]:
    """`user.json`: the account and all its agents.

    The 2014 form adds `plan`. That it had no progress yet is inferred: its output.json has none.
    """
    data = {
        "email": f"{account.name}@example.com",
        "timeLeft": account.time_left(now),
        "emailsLeft": 100,
        "captchasLeft": 10,
        "storageLeft": 9_991_347_906,
        "databaseLeft": 239_222_784,
        "agents": [_listed(account, agent, now) for agent in account.agents.values()],
    }
    return data | {"plan": "free"} if account.form == "2014" else data


def _listed(account: Account, agent: SandboxAgent, now: float) -> dict[str, Any]:
    entry = _described(account, agent, now)
    taken = account.open_runs(agent, now)
    states = [run.state(now) for run in taken]
    if account.form == "2014":
        return entry | {"running": "running" in states}
    return entry | {
        "queuedContainers": states.count("queued"),
        "runningContainers": states.count("running"),
        "progress": _progress(_running(taken, now), now),
    }


def _described(account: Account, agent: SandboxAgent, now: float) -> dict[str, Any]:
    ended = account.last_ended(agent, now)
    last = ended.ending if ended else None
    return {
        "id": int(agent.id),
        "name": agent.name,
        "scriptId": int(agent.id) + 2_000 if agent.has_script else None,
        "lastEndMessage": last and last.message,
        "lastEndStatus": last and last.status,
    }


def _running(taken: list[Run], now: float) -> Run | None:
    running = [run for run in taken if run.state(now) == "running"]
    return running[-1] if running else None


def _progress(run: Run | None, now: float) -> dict[str, Any]:
    """Of a running run; "all three null when idle"."""
    if run is None or run.state(now) != "running":
        return {"progress": None, "label": None, "runtime": None}
    done = round(run.fraction(now), 3)
    return {"progress": done, "label": run.label(now), "runtime": int(run.runtime(now))}


def record(account: Account, agent: SandboxAgent, _given: Parameters, now: float) -> dict[str, Any]:
    """`agent/{id}.json`: holds a proxy's password and saved arguments, as the real one does."""
    runs = account.runs(agent)
    return _described(account, agent, now) | {
        "nbLaunches": runs[-1].number if runs else 0,
        "executionTimeLimit": 30,
        "maxParallelExecs": agent.max_parallel,
        "launchType": "manually",
        "proxyAddress": "proxy.example.com:8080",
        "proxyUsername": "sandbox-proxy",
        "proxyPassword": "sandbox-proxy-password",
        **account.saved.get(agent.id, {}),
    }


def containers(
    account: Account, agent: SandboxAgent, _given: Parameters, now: float
) -> list[dict[str, Any]]:
    """`containers.json`: ended runs, newest first.

    Raises:
        Refused: the 2014 form has no such call.
    """
    if account.form == "2014":
        raise Refused(404, "Not found")
    ended = [run for run in account.runs(agent) if run.ended(now)]
    ended.sort(key=lambda run: (run.ends, run.serial), reverse=True)
    return [_container(account, run) for run in ended]


def _container(account: Account, run: Run) -> dict[str, Any]:
    ending = run.ending
    return {
        "id": container_id(account, run),
        "queueDate": int(account.epoch + run.queued),
        "launchDate": int(account.epoch + run.starts),
        "launchType": "manual",
        "launchNumber": run.number,
        "endDate": int(account.epoch + run.ends),
        "lastEndMessage": ending.message,
        "lastEndStatus": ending.status,
        "exitCode": ending.exit_code,
    }


def container_id(account: Account, run: Run) -> int | str:
    """A number, or the 16-digit text that today's answers hold."""
    return str(run.container_id) if account.string_ids else run.container_id


def output(account: Account, agent: SandboxAgent, given: Parameters, now: float) -> dict[str, Any]:
    """`agent/{id}/output.json`.

    Raises:
        Refused: a parameter that cannot be read, or a container that is not this agent's.
    """
    if account.form == "2014":
        return _output_2014(account, agent, given, now)
    run = _wanted(account, agent, given)
    states = [each.state(now) for each in account.open_runs(agent, now)]
    data = {
        "agentStatus": _agent_status(states),
        "containerStatus": run.state(now) if run else "not running",
        "runningContainers": states.count("running"),
        "queuedContainers": states.count("queued"),
        "containerId": container_id(account, run) if run else None,
        "progress": _progress(run, now),
        "messages": _messages(account, agent, given, now),
        **_console_from(run, _number(given, "fromOutputPos", 0), now),
    }
    if run is None or not _has_result(run, now) or _declined(given):
        return data
    result = agent.returns(run.number)
    return data | {"resultObject": json.dumps(result) if account.string_ids else result}


def _output_2014(
    account: Account, agent: SandboxAgent, given: Parameters, now: float
) -> dict[str, Any]:
    """The most recent start. A position in another launch does not count (inferred)."""
    runs = account.runs(agent)
    started = [run for run in runs if agent.has_script and run.state(now) != "queued"]
    run = started[-1] if started else None
    number = run.number if run else 0
    same = _number(given, "launchNumber", number) == number
    position = _number(given, "fromOutputPos", 0)
    return {
        "status": _agent_status([each.state(now) for each in account.open_runs(agent, now)]),
        "launchNumber": number,
        "messages": _messages(account, agent, given, now),
        **_console_from(run, position if same else 0, now),
    }


def _agent_status(states: list[State]) -> State:
    if "running" in states:
        return "running"
    return "queued" if "queued" in states else "not running"


def _wanted(account: Account, agent: SandboxAgent, given: Parameters) -> Run | None:
    """The container that is asked for: "track when a containerId is given"."""
    asked = given.get("containerId", "")
    mode = given.get("mode") or ("track" if asked else "most-recent")
    if mode not in ("track", "most-recent"):
        raise Refused(400, "Unknown mode")
    runs = account.runs(agent)
    if mode == "most-recent" or not asked:
        return runs[-1] if runs else None
    found = [run for run in runs if str(run.container_id) == asked]
    if not found:
        raise Refused(404, "Container not found")
    return found[0]


def _has_result(run: Run, now: float) -> bool:
    return run.agent.result is not None and run.ended(now) and not run.killed


def _console_from(run: Run | None, position: int, now: float) -> dict[str, Any]:
    """Positions count bytes."""
    written = console(run, now).encode() if run else b""
    rest = written[max(0, position) :].decode(errors="replace")
    return {"output": rest, "outputPos": len(written)}


def _declined(given: Parameters) -> bool:
    return given.get("withoutResultObject", "") not in ("", "0", "false")


def _messages(
    account: Account, agent: SandboxAgent, given: Parameters, now: float
) -> list[dict[str, Any]]:
    """After `fromMessageId`; in the later form "default -1 = none"."""
    after = _number(given, "fromMessageId", -1)
    if account.form == "later" and after < 0:
        return []
    return [told for told in messages(account, agent, now) if told["id"] > after]


def _number(given: Parameters, name: str, otherwise: int) -> int:
    try:
        return int(given.get(name) or otherwise)
    except ValueError:
        raise Refused(400, f"{name} must be an integer") from None


def state(account: Account, now: float) -> dict[str, Any]:
    """The account for `GET /_control/state`, which no Phantombuster has."""
    return {
        "form": account.form,
        "speed": account.speed,
        "agents": [_listed(account, agent, now) for agent in account.agents.values()],
        "runs": [_run_state(account, run, now) for run in account.all_runs()],
    }


def _run_state(account: Account, run: Run, now: float) -> dict[str, Any]:
    known = {"agentId": int(run.agent.id), "state": run.state(now), **_progress(run, now)}
    return known | (
        _container(account, run)
        if run.ended(now)
        else {"id": container_id(account, run), "launchNumber": run.number}
    )
