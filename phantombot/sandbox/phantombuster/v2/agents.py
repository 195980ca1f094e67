"""The answers of v2 about agents."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.agents import SandboxAgent
from phantombot.sandbox.phantombuster.calls import Refused
from phantombot.sandbox.phantombuster.console import console_from, folder
from phantombot.sandbox.phantombuster.runs import Run
from phantombot.sandbox.phantombuster.v2.calls import is_on

Given = Mapping[str, Any]

_AGE = 30 * 86_400
"""Seconds since the agents were made."""
_LONGEST_SCRIPT = 40


def agent_of(account: Account, agent_id: str) -> SandboxAgent:
    """Return an agent of the account.

    Raises:
        Refused: there is none of this id.
    """
    if agent_id not in account.agents:
        raise Refused(HTTPStatus.NOT_FOUND, "Agent not found")
    return account.agents[agent_id]


def status_of(run: Run, now: float) -> str:
    """Return the status of a run's container."""
    if not run.agent.runs:
        return "launch error"
    return {"queued": "starting", "running": "running"}.get(run.state(now), "finished")


def end_type_of(run: Run) -> str:
    """Return how an ended run ended; "unknown" for one that never began is inferred."""
    return run.end_type if run.agent.runs else "unknown"


def script_of(agent: SandboxAgent) -> str:
    """Return the file name of the agent's script."""
    plain = re.sub(r"[^\w .-]", "", agent.name)[:_LONGEST_SCRIPT].strip(" .-")
    return f"{plain or 'script'}.js"


def fetch_all(account: Account, given: Given, now: float) -> list[dict[str, Any]]:
    """Answer `agents/fetch-all`: all agents, or those of some ids; no agent has types."""
    asked = given.get("agentIds")
    ids = None if asked is None else [asked] if isinstance(asked, str) else asked
    if "inputTypes" in given or "outputTypes" in given:
        ids = []
    agents = [one for one in account.agents.values() if ids is None or one.id in ids]
    return [_listed(account, one, now) | _argument(account, one, given) for one in agents]


def fetch(account: Account, given: Given, now: float) -> dict[str, Any]:
    """Answer `agents/fetch`, with a proxy password and the saved argument, as the real one does.

    Raises:
        Refused: no such agent, or one without a script.
    """
    agent = agent_of(account, given["id"])
    if not agent.has_script:
        raise Refused(HTTPStatus.PRECONDITION_FAILED, "No script targeted by agent")
    runs, where = account.runs(agent), folder(account, agent)
    return {
        **_described(account, agent, now),
        "argument": account.saved.get(agent.id, {}).get("argument"),
        "executionTimeLimit": 30,
        "fileMgmt": "folders",
        "fileMgmtMaxFolders": 10,
        "maxParallelism": agent.max_parallel,
        "maxRetryNumber": None,
        "nbLaunches": runs[-1].number if runs else 0,
        "notifications": None,
        "orgS3Folder": where["userAwsFolder"],
        "proxyType": "http",
        "proxyAddress": "proxy.example.com:8080",
        "proxyUsername": "sandbox-proxy",
        "proxyPassword": "sandbox-proxy-password",
        "updatedAt": account.date(-_AGE),
    }


def fetch_output(account: Account, given: Given, now: float) -> dict[str, Any]:
    """Answer `agents/fetch-output`: the console of the latest run, from a position on.

    That a progress goes from 0 to 1, as in v1, is inferred.

    Raises:
        Refused: no such agent, or a negative position.
    """
    agent = agent_of(account, given["id"])
    position = int(given.get("fromOutputPos", 0))
    if position < 0:
        raise Refused(HTTPStatus.BAD_REQUEST, "Invalid output position provided")
    taken, ended = account.open_runs(agent, now), account.last_ended(agent, now)
    run = _latest(account, agent, given)
    told: dict[str, Any] = {
        "status": status_of(run, now) if run else "never launched",
        "isAgentRunning": bool(taken),
        "canSoftAbort": any(one.state(now) == "running" for one in taken),
    }
    if ended:
        told["mostRecentEndedAt"] = account.date(ended.ends)
    if run is None:
        return told
    return {
        **told,
        "containerId": str(run.container_id),
        **console_from(account, run, position, now),
        **_progress(run, now),
    }


def _latest(account: Account, agent: SandboxAgent, given: Given) -> Run | None:
    """Return the latest run, or the one that followed a container which the caller has seen."""
    runs = account.runs(agent)
    ids = [str(run.container_id) for run in runs]
    before = given.get("prevContainerId")
    if before in ids[:-1]:
        return runs[ids.index(before) + 1]
    return runs[-1] if runs else None


def _progress(run: Run, now: float) -> dict[str, Any]:
    if run.state(now) != "running":
        return {}
    label = run.label(now)
    told = {"progress": round(run.fraction(now), 3)}
    return told if label is None else told | {"progressLabel": label}


def _described(account: Account, agent: SandboxAgent, now: float) -> dict[str, Any]:
    """Return the fields of an agent that both `fetch` and `fetch-all` have."""
    ended = account.last_ended(agent, now)
    return {
        "id": agent.id,
        "name": agent.name,
        "script": script_of(agent) if agent.has_script else None,
        "scriptId": str(int(agent.id) + 2_000) if agent.has_script else None,
        "scriptOrgName": "phantombuster",
        "branch": "master",
        "environment": "release",
        "lastEndType": end_type_of(ended) if ended else None,
        "launchType": "manually",
        "lastNonManualLaunchType": None,
        "repeatedLaunchTimes": None,
        "s3Folder": folder(account, agent)["awsFolder"],
        "expireAt": None,
        "internalMetadata": None,
        "userCustomMetadata": None,
    }


def _listed(account: Account, agent: SandboxAgent, now: float) -> dict[str, Any]:
    """Return an entry of `fetch-all`; that starting runs count as running is inferred."""
    ended = account.last_ended(agent, now)
    return {
        **_described(account, agent, now),
        "createdAt": account.date(-_AGE),
        "lastEndedAt": account.date(ended.ends) if ended else None,
        "lastExitCode": ended.ending.exit_code if ended else None,
        "nbContainersRunning": len(account.open_runs(agent, now)),
        **({} if agent.manifest is None else {"manifest": agent.manifest}),
    }


def _argument(account: Account, agent: SandboxAgent, given: Given) -> dict[str, Any]:
    if not is_on(given, "withArgument"):
        return {}
    return {"argument": account.saved.get(agent.id, {}).get("argument")}
