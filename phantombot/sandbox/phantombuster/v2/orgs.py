"""The answers of v2 about the account, which it calls an organization."""

import re
from typing import Any

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.console import folder
from phantombot.sandbox.phantombuster.v2.agents import Given, script_of

_DAY = 86_400
_DAILY = 10 * 3_600
_MONTHLY = 80 * 3_600
"""The plan's execution times, in seconds (inferred)."""
_LONGEST_NAME = 100


def fetch(account: Account, _given: Given, now: float) -> dict[str, Any]:
    """Answer `orgs/fetch`."""
    anybody = next(iter(account.agents.values()), None)
    used = _used(account, now)
    return {
        "id": _id(account),
        "name": f"{re.sub('[^a-z0-9-]', '-', account.name.lower())}-team",
        "displayName": f"{account.name}'s team",
        "dailyExecutionTime": used["dailyExecutionTime"],
        "dailyMail": 0,
        "dailyCaptcha": 0,
        "dailyDiscoveredMail": 0,
        "dailyAiCredit": 0,
        "s3Storage": 8_652_094,
        "s3Folder": folder(account, anybody)["userAwsFolder"] if anybody else "",
        "planSlug": "starter",
        "planStartedAt": account.date(-90 * _DAY),
        "timezone": "Europe/Paris",
        "company": None,
        "billingMail": None,
        "billingFirstName": None,
        "billingLastName": None,
        "createdAt": account.date(-90 * _DAY),
        "plan": _plan(),
    }


def fetch_resources(account: Account, _given: Given, now: float) -> dict[str, Any]:
    """Answer `orgs/fetch-resources`: what is used, and what the plan has."""
    return {
        **_used(account, now),
        "dailyMail": 0,
        "dailyCaptcha": 0,
        "dailyDiscoveredMail": 0,
        "dailyAiCredit": 0,
        "dailySerpCredits": 0,
        "monthlyMail": 0,
        "monthlyCaptcha": 0,
        "monthlyDiscoveredMail": 0,
        "monthlyAiCredit": 0,
        "monthlySerpCredits": 0,
        "s3Storage": 8_652_094,
        "agentCount": len(account.agents),
        "planName": "Starter",
        "plan": _plan(),
        "dailyResourceNextResetAt": account.date(now + _DAY),
        "monthlyResourceNextResetAt": account.date(now + 20 * _DAY),
        "planShouldCancelAt": None,
    }


def fetch_running_containers(account: Account, _given: Given, now: float) -> dict[str, Any]:
    """Answer `orgs/fetch-running-containers`; that it lists starting runs is inferred."""
    runs = [run for one in account.agents.values() for run in account.open_runs(one, now)]
    return {
        "containers": [
            {
                "id": str(run.container_id),
                "agentId": run.agent.id,
                "agentName": run.agent.name[:_LONGEST_NAME],
                "createdAt": account.date(run.queued),
                "retryNumber": 0,
                "launchType": run.launch_type,
                "scriptSlug": script_of(run.agent),
            }
            for run in runs
        ]
    }


def _id(account: Account) -> str:
    """Return a different number for each name."""
    return str(4_205_763_000_000 + int.from_bytes(account.name.encode()[:4], "big"))


def _used(account: Account, now: float) -> dict[str, int]:
    """Return the execution time used this month, in seconds; the rest is v1's `timeLeft`."""
    return {
        "dailyExecutionTime": int(account.used(now)),
        "monthlyExecutionTime": _MONTHLY - account.time_left(now),
    }


def _plan() -> dict[str, Any]:
    return {
        "name": "Starter",
        "s3Storage": 10_000_000_000,
        "mongoStorage": 250_000_000,
        "parallelism": 2,
        "agents": 20,
        "scripts": 20,
        "dailyExecutionTime": _DAILY,
        "dailyMails": 100,
        "dailyCaptchas": 10,
        "dailyDiscoveredMails": 50,
        "dailyAiCredits": 1_000,
        "dailySerpCredits": 100,
        "monthlyExecutionTime": _MONTHLY,
        "isAvailable": True,
        "isUpgradable": True,
        "duration": 30,
        "monthlyPrice": 69,
        "yearlyPrice": 672,
    }
