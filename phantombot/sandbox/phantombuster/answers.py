"""The local Phantombuster's answers to API v1, in the form of the account.

Anything undocumented is marked as inferred.
"""

from collections.abc import Callable, Mapping
from typing import Any

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.agents import SandboxAgent
from phantombot.sandbox.phantombuster.console import folder
from phantombot.sandbox.phantombuster.runs import Run

Parameters = Mapping[str, str]
Answer = Callable[[Account, SandboxAgent, Parameters, float], Any]


def user(account: Account, now: float) -> dict[str, Any]:
    """Answer `user.json`: the account and all its agents.

    The forms of 2014 add `plan`. That they had no progress yet is inferred: their output has none.
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
    return data if account.form.counts_instances else data | {"plan": "free"}


def _listed(account: Account, agent: SandboxAgent, now: float) -> dict[str, Any]:
    entry = _described(account, agent, now)
    taken = account.open_runs(agent, now)
    states = [run.state(now) for run in taken]
    if not account.form.counts_instances:
        return entry | {"running": "running" in states}
    counted: dict[str, Any] = {
        "queuedContainers": states.count("queued"),
        "runningContainers": states.count("running"),
    }
    run = _running(taken, now)
    if run or account.form.lists_idle_progress:
        counted["progress"] = progress(run, now)
    return entry | counted


def _described(account: Account, agent: SandboxAgent, now: float) -> dict[str, Any]:
    ended = account.last_ended(agent, now)
    never = account.form.no_ending
    script_id = int(agent.id) + 2_000 if agent.has_script else 0
    return {
        "id": _id(account, int(agent.id)),
        "name": agent.name,
        "scriptId": _id(account, script_id),
        "lastEndMessage": ended.ending.message if ended else never,
        "lastEndStatus": ended.ending.status if ended else never,
    }


def _id(account: Account, number: int) -> int | str:
    return str(number) if account.form.string_ids else number


def _running(taken: list[Run], now: float) -> Run | None:
    running = [run for run in taken if run.state(now) == "running"]
    return running[-1] if running else None


def progress(run: Run | None, now: float) -> dict[str, Any]:
    """Return the progress of a running run; for any other run all three fields are null."""
    if run is None or run.state(now) != "running":
        return {"progress": None, "label": None, "runtime": None}
    done = round(run.fraction(now), 3)
    return {"progress": done, "label": run.label(now), "runtime": int(run.runtime(now))}


def record(account: Account, agent: SandboxAgent, _given: Parameters, now: float) -> dict[str, Any]:
    """Answer `agent/{id}.json`, with a proxy password and saved arguments, as the real one does."""
    runs = account.runs(agent)
    return _described(account, agent, now) | {
        "nbLaunches": runs[-1].number if runs else 0,
        "maxParallelExecs": agent.max_parallel,
        **_SETTINGS,
        **folder(account, agent),
        **account.saved.get(agent.id, {}),
    }


_SETTINGS = {
    "proxy": "http",
    "proxyAddress": "proxy.example.com:8080",
    "proxyUsername": "sandbox-proxy",
    "proxyPassword": "sandbox-proxy-password",
    "disableWebSecurity": False,
    "ignoreSslErrors": False,
    "loadImages": True,
    "launch": "manually",
    "showDebug": False,
    "executionTimeLimit": 30,
    "fileMgmt": "folders",
    "fileMgmtMaxFolders": 10,
    "nonce": 1,
}


def containers(
    account: Account, agent: SandboxAgent, _given: Parameters, now: float
) -> list[dict[str, Any]]:
    """Answer `containers.json`: ended runs, newest first."""
    ended = [run for run in account.runs(agent) if run.ended(now)]
    ended.sort(key=lambda run: (run.ends, run.serial), reverse=True)
    return [_container(account, run) for run in ended]


def _container(account: Account, run: Run) -> dict[str, Any]:
    ending = run.ending
    return {
        "id": container_id(account, run),
        "queueDate": account.date(run.queued),
        "launchDate": account.date(run.starts),
        "launchType": "manual",
        "launchNumber": run.number,
        "endDate": account.date(run.ends),
        "lastEndMessage": ending.message,
        "lastEndStatus": ending.status,
        "exitCode": ending.exit_code,
    }


def container_id(account: Account, run: Run) -> int | str:
    """Return the id as a number, or as the 16-digit text of today's answers."""
    return _id(account, run.container_id)


def state(account: Account, now: float) -> dict[str, Any]:
    """Return the account for `GET /_control/state`, which the real Phantombuster doesn't have."""
    return {
        "form": account.form.name,
        "speed": account.speed,
        "agents": [_listed(account, agent, now) for agent in account.agents.values()],
        "runs": [_run_state(account, run, now) for run in account.all_runs()],
    }


def _run_state(account: Account, run: Run, now: float) -> dict[str, Any]:
    known = {
        "agentId": _id(account, int(run.agent.id)),
        "state": run.state(now),
        **progress(run, now),
    }
    return known | (
        _container(account, run)
        if run.ended(now)
        else {"id": container_id(account, run), "launchNumber": run.number}
    )
