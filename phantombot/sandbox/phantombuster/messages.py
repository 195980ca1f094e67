"""The messages in output.json, which an agent's runs report."""

from typing import Any

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.agents import SandboxAgent
from phantombot.sandbox.phantombuster.runs import Run


def messages(account: Account, agent: SandboxAgent, now: float) -> list[dict[str, Any]]:
    """Return what the agent's runs have reported so far, in the form of the account."""
    return [message for run in account.runs(agent) for message in _told(account, run, now)]


def _told(account: Account, run: Run, now: float) -> list[dict[str, Any]]:
    told = []
    if run.agent.runs and now >= run.starts:
        told.append(_message(account, 2 * run.serial, run.starts, "Agent started", "normal"))
    if run.ended(now):
        ending = run.ending
        kind = "normal" if ending.status == "success" else "error"
        told.append(_message(account, 2 * run.serial + 1, run.ends, ending.message, kind))
    return told


def _message(account: Account, serial: int, at: float, text: str, kind: str) -> dict[str, Any]:
    date = account.date(at)
    message = {"id": 65_444 + serial, "date": date, "text": text, "type": kind}
    if account.form.output == "launch number":
        return message | {"dateUtc": date}
    return message | {"context": ["Launch type: manual"]}
