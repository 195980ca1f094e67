"""The console of a run, as its form of the API words it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.agents import SandboxAgent
from phantombot.sandbox.phantombuster.runs import Run

FILES = "https://phantombuster.s3.amazonaws.com"


def console(account: Account, run: Run, now: float) -> str:
    """Return the console so far, each line with its end."""
    if run.state(now) == "queued" or not run.agent.runs:
        return ""
    end = "\r\n" if account.form.wire_of_today else "\n"
    return "".join(f"{line}{end}" for line in _lines(account, run, now))


def console_from(account: Account, run: Run | None, position: int, now: float) -> dict[str, Any]:
    """Return the console after a position, and the position to ask for next."""
    width, encoding = (2, "utf-16-le") if account.form.positions == "utf-16" else (1, "utf-8")
    written = console(account, run, now).encode(encoding) if run else b""
    rest = written[max(0, position) * width :].decode(encoding, errors="replace")
    return {"output": rest, "outputPos": len(written) // width}


def folder(account: Account, agent: SandboxAgent) -> dict[str, str]:
    """Return the two folders in the URL of the agent's files."""
    return {
        "awsFolder": f"nVFRid8kvsuPeuCL{agent.id}",
        "userAwsFolder": f"QwYH17CB0Xj{account.name}",
    }


def file_url(account: Account, agent: SandboxAgent, ending: str) -> str:
    """Return the URL of a result file, which anybody who knows it can read."""
    where = folder(account, agent)
    return f"{FILES}/{where['userAwsFolder']}/{where['awsFolder']}/result.{ending}"


def _lines(account: Account, run: Run, now: float) -> Iterator[str]:
    yield _first_line(account, run)
    said = (*_spawned(account), *run.agent.console, *_saved(account, run))
    yield from said[: int(run.fraction(now) * (len(said) + 1))]
    if run.ended(now):
        yield _last_line(account, run)


def _first_line(account: Account, run: Run) -> str:
    if account.form.wire_of_today:
        when = _when(account, run.starts)
        return f"* Container {run.container_id} started in br-scw-sandbox {when}"
    # Phantombuster named containers by twelve hexadecimal digits; the multiplier spreads them.
    name = f"{run.container_id * 0x9E3779B97F4B % 2**48:012x}"
    return f"* Container {name} started in directory /home/phantom/agent"


def _spawned(account: Account) -> tuple[str, ...]:
    return ("* Spawning Node v16.20.2",) if account.form.wire_of_today else ()


def _saved(account: Account, run: Run) -> tuple[str, ...]:
    """Return the lines in which a script says which files it wrote."""
    agent = run.agent
    if not account.form.wire_of_today or agent.exit_code or not agent.result:
        return ()
    return tuple(
        f"✅ {kind} saved at {file_url(account, agent, kind.lower())}" for kind in ("CSV", "JSON")
    )


def _last_line(account: Account, run: Run) -> str:
    """Return the last line; `* Process killed` is undocumented and inferred."""
    if run.killed:
        return "* Process killed"
    how = "with an error" if run.agent.exit_code else "successfully"
    said = f"* Process finished {how} (exit code: {run.agent.exit_code})"
    return f"{said} {_when(account, run.ends)}" if account.form.wire_of_today else said


def _when(account: Account, at: float) -> str:
    """Return a date in brackets; its format is inferred."""
    return f"({datetime.fromtimestamp(account.epoch + at, UTC):%a %b %d %Y %H:%M:%S GMT+0000})"
