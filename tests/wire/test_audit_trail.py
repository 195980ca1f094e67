"""What was done, and by whom: for admins alone, in Slack and as a file."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from patience import PATIENCE

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.processes import utc_now
from phantombot.sandbox.phantombuster import numbered
from phantombot.sandbox.slack.values import File

from .conftest import KEY, Wire
from .pressing import press, private, shown, told
from .test_access_form import WHO, open_form, shows

COOKIE = "li_at-canary-cookie"
HOSTILE = ['=HYPERLINK("http://x.test","a")', "+1+1", "-2", "@SUM(A1)", 'a "b", c\n=d', "\t=1"]


def trail(wire: Wire) -> str:
    """Return what an admin is shown."""
    before = len(private(wire, "The latest actions in this workspace:"))
    wire.slack.command("audit")
    assert wire.slack.wait_for(
        lambda _: len(private(wire, "The latest actions in this workspace:")) > before, PATIENCE
    )
    return shown(private(wire, "The latest actions in this workspace:")[-1])


def exported(wire: Wire) -> File:
    trail(wire)
    wire.slack.press(private(wire, "The latest actions in this workspace:")[-1], "export_audit")
    assert wire.slack.wait_for(lambda slack: slack.files("D0ADA") != [], PATIENCE)
    return wire.slack.files("D0ADA")[-1]


def rows(file: File) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def busy(make_wire: Callable[..., Wire], sqlite_url: str) -> Wire:
    """Return a workspace in which each kind of action was done."""
    wire = make_wire(sqlite_url, speed=1)
    wire.start()
    wire.slack.command(f'launch 903 casperjs {{"cookie": "{COOKIE}"}}', user="U0MAX")
    assert wire.says("▶️")
    press(wire, wire.slack.messages()[-1], "stop_run", "1", user="U0MAX")
    assert wire.says("⏹️")
    wire.slack.command("launch 908", user="U0GUS")
    wire.slack.command("output 908", user="U0GUS")
    assert wire.slack.wait_for(
        lambda _: len(private(wire, "uests can't use", user="U0GUS")) == 2, PATIENCE
    )
    wire.slack.submit(open_form(wire), {WHO: "admins"})
    assert shows(wire, "Saved.")
    wire.slack.command("key remove")
    assert told(wire, "Forget the key")
    wire.slack.press(private(wire, "Forget the key")[0], "remove_key")
    assert told(wire, "The key is forgotten.")
    return wire


def test_an_admin_reads_every_deed_and_no_secret(busy: Wire):
    read = trail(busy)
    for part in (
        "<@U0ADA> stored the Phantombuster key",
        "<@U0MAX> launched Google Maps Extractor (903) in <#C0GENERAL> · stopped",
        "<@U0MAX> stopped Google Maps Extractor (903) in <#C0GENERAL>\n",
        "<@U0GUS> tried to launch 908 in <#C0GENERAL> · not allowed",
        "<@U0GUS> was refused `output` in <#C0GENERAL>",
        "<@U0ADA> changed who can launch and stop · admins; in all channels; all agents; no guests",
        "<@U0ADA> removed the Phantombuster key",
    ):
        assert part in read
    assert COOKIE not in read
    assert KEY not in read
    assert KEY[-4:] not in read


def test_the_file_holds_the_same_and_is_read_by_csv(busy: Wire):
    file = exported(busy)
    whats = [row["what"] for row in rows(file)]
    assert sorted(whats) == sorted(
        ["key stored", "launch", "stop", "launch", "refused", "access changed", "key removed"]
    )
    assert whats[0] == "key removed"
    assert all(row["at"].endswith("Z") for row in rows(file))
    assert COOKIE not in file.text
    assert file.name.endswith(".csv")
    assert busy.slack.files() == []


def test_what_is_older_than_runs_are_kept_is_forgotten(wire: Wire):
    resources = wire.process._resources
    old = utc_now() - resources.runs_kept - timedelta(days=1)
    resources.context.audit.note(AuditEntry("T0SANDBOX", old, "U0OLD", AuditAction.ACCESS_CHANGED))
    assert "U0OLD" in trail(wire)
    resources.sweep()
    assert "U0OLD" not in trail(wire)


@pytest.mark.parametrize("user", ["U0MAX", "U0GUS"])
def test_others_read_nothing_and_that_they_asked_is_written_down(wire: Wire, user: str):
    wire.slack.command("audit", user=user)
    assert told(wire, "Only admins and owners", user=user)
    assert private(wire, "What was done", user=user) == []
    assert f"<@{user}> was refused `audit`" in trail(wire)


def test_a_member_who_presses_export_gets_no_file(wire: Wire):
    trail(wire)
    press(
        wire,
        private(wire, "The latest actions in this workspace:")[0],
        "export_audit",
        "csv",
        user="U0MAX",
    )
    assert told(wire, "Only admins and owners", user="U0MAX")
    assert wire.slack.files("D0MAX") == []


def test_no_name_of_an_agent_runs_as_a_formula_or_breaks_a_row(wire: Wire):
    agents = numbered(len(HOSTILE), first=785)
    named = [replace(agent, name=name) for agent, name in zip(agents, HOSTILE, strict=True)]
    wire.phantombuster.add_account("hostile", "canary-hostile-key", tuple(named))
    wire.process.context.keys.store_key("T0SANDBOX", "canary-hostile-key", by="U0ADA", at=utc_now())
    wire.learn_agents()
    for number in range(785, 785 + len(HOSTILE)):
        wire.slack.command(f"launch {number}")
    wire.slack.command("launch =cmd")
    assert wire.phantombuster.wait_for_launch(len(HOSTILE), PATIENCE)
    assert told(wire, "Nothing was launched")
    cells = [cell for row in rows(exported(wire)) for cell in row.values()]
    assert not any("cmd" in cell for cell in cells), "what names no agent may be a secret"
    assert "'-2 (787)" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_a_file_that_slack_does_not_take_is_told_with_the_mend(wire: Wire):
    trail(wire)
    wire.slack.fail("files.getUploadURLExternal", "missing_scope")
    wire.slack.press(private(wire, "The latest actions in this workspace:")[0], "export_audit")
    assert told(wire, "The file couldn't be sent", "files:write")
