"""The answers of v2 about containers, which is what both versions call agents' runs."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.calls import Refused
from phantombot.sandbox.phantombuster.console import console
from phantombot.sandbox.phantombuster.output import result_text
from phantombot.sandbox.phantombuster.runs import Run
from phantombot.sandbox.phantombuster.v2.agents import Given, agent_of, end_type_of, status_of
from phantombot.sandbox.phantombuster.v2.calls import is_on
from phantombot.sandbox.server import Response

MOST = 100
"""The most containers in one answer, however many are requested (inferred)."""


def fetch(account: Account, given: Given, now: float) -> dict[str, Any]:
    """Answer `containers/fetch`.

    Raises:
        Refused: no such container.
    """
    run, runs = _wanted(account, given["id"])
    told = _described(account, run, now)
    told["launchedAt"] = account.date(run.starts) if _has_begun(run, now) else None
    if is_on(given, "withOutput"):
        told["output"] = console(account, run, now) or None
    if is_on(given, "withResultObject"):
        told["resultObject"] = result_text(account, run, now)
    if is_on(given, "withNewerAndOlderContainerId"):
        told |= _neighbours(run, runs)
    return told


def fetch_all(account: Account, given: Given, now: float) -> dict[str, Any]:
    """Answer `containers/fetch-all`, newest first (inferred).

    Raises:
        Refused: no such agent, or an invalid limit.
    """
    agent = agent_of(account, given["agentId"])
    limit = int(given.get("limit", MOST))
    if limit < 1:
        raise Refused(HTTPStatus.BAD_REQUEST, "Could not validate data")
    runs = list(reversed(account.runs(agent)))
    if given.get("mode") == "finalized" or "beforeEndedAt" in given:
        runs = [run for run in runs if run.ended(now)]
    if "beforeEndedAt" in given:
        runs = [run for run in runs if account.date(run.ends) < int(given["beforeEndedAt"])]
    told = runs[: min(limit, MOST)]
    return {
        "maxLimitReached": len(told) < len(runs),
        "containers": [_described(account, run, now) for run in told],
    }


def fetch_output(account: Account, given: Given, now: float) -> Any:
    """Answer `containers/fetch-output`: the whole console, as JSON or as it is.

    Raises:
        Refused: no such container.
    """
    written = console(account, _wanted(account, given["id"])[0], now)
    if not written:
        return Response(HTTPStatus.NO_CONTENT)
    if given.get("mode") == "raw":
        return Response(200, written.encode(), "text/plain; charset=utf-8")
    return {"output": written}


def fetch_result_object(account: Account, given: Given, now: float) -> dict[str, Any]:
    """Answer `containers/fetch-result-object`.

    Raises:
        Refused: no such container.
    """
    return {"resultObject": result_text(account, _wanted(account, given["id"])[0], now)}


def _wanted(account: Account, container_id: str) -> tuple[Run, Sequence[Run]]:
    """Return the run of a container, and all runs of its agent, oldest first."""
    runs = account.runs_beside(container_id)
    found = [run for run in runs if str(run.container_id) == container_id]
    if not found:
        raise Refused(HTTPStatus.NOT_FOUND, "Container not found")
    return found[0], runs


def _described(account: Account, run: Run, now: float) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": str(run.container_id),
        "status": status_of(run, now),
        "createdAt": account.date(run.queued),
        "launchType": run.launch_type,
        "retryNumber": 0,
        "internalMetadata": None,
        "userCustomMetadata": run.tags,
    }
    if not run.ended(now):
        return told
    return told | {
        "endType": end_type_of(run),
        "endedAt": account.date(run.ends),
        "exitCode": run.ending.exit_code,
    }


def _has_begun(run: Run, now: float) -> bool:
    return run.agent.runs and run.state(now) != "queued"


def _neighbours(run: Run, runs: Sequence[Run]) -> dict[str, str]:
    place = runs.index(run)
    told = {}
    if place + 1 < len(runs):
        told["newerContainerId"] = str(runs[place + 1].container_id)
    if place:
        told["olderContainerId"] = str(runs[place - 1].container_id)
    return told
