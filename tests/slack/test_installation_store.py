from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import key_value
from sqlalchemy import insert, select, update
from stage import rewrite, stopping

from phantombot.access.api_keys import ApiKeys
from phantombot.access.rules import DEFAULT
from phantombot.access.rules_store import Access, KeptRules
from phantombot.agents.agent_list import AgentList
from phantombot.agents.alias import Kept, ShortName
from phantombot.agents.alias_store import Aliases
from phantombot.agents.catalog_store import CatalogStore
from phantombot.database.engine import Database
from phantombot.database.erase import tables_by_workspace
from phantombot.database.schema import erasures, metadata, runs
from phantombot.database.vault import Vault
from phantombot.errors import DecryptionError
from phantombot.phantombuster.account import ApiKey
from phantombot.runs.channel_settings import ChannelSettings
from phantombot.runs.known_rows import KnownRows
from phantombot.runs.model import Intent
from phantombot.runs.ring import Ring, RingSettings
from phantombot.runs.ring_store import Rings
from phantombot.runs.stop_store import Stops
from phantombot.runs.store import Runs
from phantombot.slack.installation_store import Installation, Installations, Uninstalled
from phantombot.watches.model import DEFAULT_WORDS, News, Notice, Watch
from phantombot.watches.store import Watches
from phantombot.worker.channel_store import Channels, Closed
from phantombot.worker.home_store import Homes
from phantombot.worker.welcome_store import Welcomes

NOW = datetime(2026, 11, 24, 12, 0, 0, 500_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TOKEN = "xoxb-canary-token"
KEY = "canary-key-abcd"
TEAM = Installation(
    workspace="T1",
    enterprise=None,
    org_wide=False,
    bot_token=TOKEN,
    bot_user="U0BOT",
    scopes="chat:write",
    installed_by="U1",
    installed_at=NOW,
)
ORG = replace(TEAM, workspace="E1", enterprise="E1", org_wide=True, bot_token="xoxb-canary-org")


@pytest.fixture
def installed(database: Database, vault: Vault) -> Installations:
    return Installations(database, vault)


def gone(team: str = "T1", at: datetime | None = NOW + SECOND, **more: Any) -> Uninstalled:
    return Uninstalled(**({"team": team, "enterprise": "", "org_wide": False, "at": at} | more))


def everything(database: Database) -> str:
    with database.reading() as connection:
        return repr([connection.execute(select(table)).all() for table in metadata.sorted_tables])


def fill(database: Database, vault: Vault, *teams: str) -> None:
    """Store something in every table that has rows of a workspace."""
    for team in teams:
        ApiKeys(database, vault).store_key(team, KEY, by="U1", at=NOW)
        Runs(database, vault).add(
            Intent(
                workspace=team,
                trigger_id="1.2",
                channel="C1",
                user="U1",
                response_url="https://canary",
                agent="785",
                quoted=False,
                command=None,
                argument="{}",
            ),
            NOW,
        )
        keep(Runs(database, vault), team)
        Stops(database).begin(stopping("U1", NOW, team), "785")
        Access(database).change(KeptRules(DEFAULT, 0), stopping("U1", NOW, team))
        Homes(database).open(team, "U1", NOW)
        Welcomes(database).join(team, "C1", NOW, NOW)
        Rings(database).set(team, "U1", RingSettings())
        entry = replace(stopping("U1", NOW, team), channel="C1")
        Rings(database).set_in_channel(ChannelSettings(count_only=True), entry)
        (run,) = Runs(database, vault).open(team)
        ring = Ring(team, "U1", run.uid, NOW)
        Runs(database, vault).write(run, replace(run, label="x"), rings=[ring])
        CatalogStore(database).keep(team, AgentList((), 0, NOW), NOW)
        watches = Watches(database, vault)
        watch = Watch(team, "C1", "785", "One", DEFAULT_WORDS, "U1", NOW)
        watches.set(watch, stopping("U1", NOW, team))
        (agent,) = watches.agents(team)
        watches.write(agent, agent, [Notice(team, "C1", "785", "One", News.GONE, NOW)])
        Channels(database).close(team, "C1", Closed(NOW, "not_in_channel"))
        leads = ShortName("leads", "785", "", "U1", NOW, keeps=True)
        Aliases(database, vault).put(stopping("U1", NOW, team), leads, Kept("casperjs"))


def keep(runs: Runs, team: str) -> None:
    """Store digests of a result's rows."""
    (run,) = runs.open(team)
    rewrite(runs, run, known=KnownRows("id", "00", "AAAAAAAA"), agent_id="785")


def test_an_installation_comes_back_as_it_was_stored(installed: Installations):
    installed.save(TEAM)
    assert installed.serving("T1") == TEAM
    assert installed.serving("T2") is None
    assert TOKEN not in repr(TEAM)


def test_installing_again_replaces_the_token(installed: Installations):
    installed.save(TEAM)
    installed.save(replace(TEAM, bot_token="xoxb-new", installed_by="U9"))
    found = installed.serving("T1")
    assert found is not None
    assert (found.bot_token, found.installed_by) == ("xoxb-new", "U9")


def test_a_token_stands_nowhere_in_clear_and_opens_for_its_own_workspace_only(
    installed: Installations, database: Database, vault: Vault
):
    installed.save(TEAM)
    assert TOKEN not in everything(database)
    with database.writing() as connection:
        row = dict(connection.execute(select(metadata.tables["installations"])).one()._mapping)
        connection.execute(
            insert(metadata.tables["installations"]).values(row | {"workspace": "T2"})
        )
    with pytest.raises(DecryptionError):
        installed.serving("T2")


def test_an_organisation_serves_its_teams_and_no_others(installed: Installations):
    installed.save(ORG)
    installed.save(TEAM)
    assert installed.serving("T8") is None
    assert installed.serving("T8", "E1") == ORG
    installed.belongs("T8", "E1")
    installed.belongs("T8", "E1")
    assert installed.serving("T8") == ORG
    assert installed.serving("T8", "E2") is None
    assert installed.serving("T1", "E1") == TEAM


def test_a_team_s_own_installation_serves_nobody_else_of_its_organisation(
    installed: Installations,
):
    installed.save(replace(TEAM, workspace="T1", enterprise="E1"))
    assert installed.serving("T2", "E1") is None


@pytest.mark.parametrize("times", [1, 3])
def test_an_uninstalled_workspace_is_gone_from_every_table_and_no_other_is(
    installed: Installations, database: Database, vault: Vault, times: int
):
    installed.save(TEAM)
    installed.save(replace(TEAM, workspace="T2"))
    fill(database, vault, "T1", "T2")
    for _ in range(times):
        assert installed.remove(gone(), NOW) == ("T1",)
    with database.reading() as connection:
        left = [
            {row.workspace for row in connection.execute(select(table.c.workspace))}
            for table in tables_by_workspace()
        ]
    assert left == [{"T2"}] * len(left)
    assert installed.serving("T2") is not None
    assert ApiKeys(database, vault).key("T1") is None
    assert ApiKeys(database, vault).key("T2") == ApiKey(KEY, "T2")


def test_nothing_of_an_uninstalled_workspace_is_left_in_sqlites_files(
    sqlite_url: str, tmp_path: Path, vault: Vault
):
    database = Database(sqlite_url)
    installed = Installations(database, vault)
    installed.save(TEAM)
    fill(database, vault, "T1", "T2")
    stored = select(runs.c.argument).where(runs.c.workspace == "T1")
    with database.writing() as connection:
        sealed = connection.execute(stored).scalar_one()
        connection.execute(update(runs).where(runs.c.workspace == "T1").values(agent="canary-name"))
    installed.remove(gone(), NOW)
    left = b"".join(path.read_bytes() for path in tmp_path.glob("phantombot.db*"))
    assert b"canary-name" not in left
    assert sealed.encode() not in left
    database.close()


def test_an_organisation_goes_with_its_teams_but_not_with_one_that_installed_by_itself(
    installed: Installations, database: Database, vault: Vault
):
    installed.save(ORG)
    installed.save(replace(TEAM, enterprise="E1"))
    for team in ("T1", "T8", "T9"):
        installed.belongs(team, "E1")
    fill(database, vault, "T1", "T8", "T9")
    event = gone("", enterprise="E1", org_wide=True)
    assert sorted(installed.remove(event, NOW)) == ["E1", "T8", "T9"]
    assert installed.serving("T8") is None
    assert installed.serving("T1") is not None
    keys = ApiKeys(database, vault)
    assert [keys.key(team) for team in ("T1", "T8", "T9")] == [ApiKey(KEY, "T1"), None, None]


def test_the_teams_that_an_organisation_withdraws_are_gone_and_no_others(
    installed: Installations, database: Database, vault: Vault
):
    installed.save(ORG)
    installed.save(replace(ORG, workspace="E2", enterprise="E2"))
    installed.save(replace(TEAM, enterprise="E1"))
    for team, enterprise in (("T1", "E1"), ("T7", "E1"), ("T8", "E1"), ("T9", "E2")):
        installed.belongs(team, enterprise)
    fill(database, vault, "T1", "T7", "T8", "T9")
    assert installed.withdraw("E1", ("T1", "T8", "T9", "T0NEW"), NOW) == ("T8",)
    keys = ApiKeys(database, vault)
    teams = ("T1", "T7", "T8", "T9")
    assert [key_value(keys, team) for team in teams] == [KEY, KEY, None, KEY]
    assert installed.serving("T8") is None
    assert installed.serving("T7") == ORG
    assert installed.serving("T1") == installed.serving("T1", "E1")
    fill(database, vault, "T8")
    installed.erase_what_turned_up(NOW)
    assert keys.key("T8") is None


def test_a_team_that_is_let_in_again_begins_with_nothing(
    installed: Installations, database: Database, vault: Vault
):
    installed.save(ORG)
    installed.belongs("T8", "E1")
    installed.withdraw("E1", ("T8",), NOW)
    fill(database, vault, "T8")
    installed.belongs("T8", "E1")
    keys = ApiKeys(database, vault)
    assert keys.key("T8") is None
    keys.store_key("T8", KEY, by="U1", at=NOW)
    installed.erase_what_turned_up(NOW)
    assert key_value(keys, "T8") == KEY


def test_all_that_is_stored_goes_at_once_where_it_is_of_one_token(
    installed: Installations, database: Database, vault: Vault
):
    fill(database, vault, "T1", "T2")
    installed.erase_all()
    assert "canary" not in everything(database)
    with database.reading() as connection:
        for table in tables_by_workspace():
            assert connection.execute(select(table)).all() == []


def test_a_team_that_its_organisation_still_serves_begins_anew(
    installed: Installations, database: Database, vault: Vault
):
    installed.save(ORG)
    installed.belongs("T1", "E1")
    installed.save(replace(TEAM, enterprise="E1"))
    fill(database, vault, "T1")
    assert installed.remove(gone(enterprise="E1"), NOW) == ("T1",)
    keys = ApiKeys(database, vault)
    assert keys.key("T1") is None
    assert installed.serving("T1") == ORG
    keys.store_key("T1", KEY, by="U1", at=NOW)
    installed.erase_what_turned_up(NOW)
    assert key_value(keys, "T1") == KEY


def test_events_that_come_to_several_processes_at_once_erase_the_workspace(
    installed: Installations,
):
    installed.save(TEAM)
    with ThreadPoolExecutor(4) as processes:
        erased = list(processes.map(lambda _: installed.remove(gone(), NOW), range(4)))
    assert erased == [("T1",)] * 4
    assert installed.serving("T1") is None


def test_an_event_from_before_the_installation_is_too_late(installed: Installations):
    installed.save(TEAM)
    assert installed.remove(gone(at=NOW - SECOND), NOW) == ()
    assert installed.serving("T1") == TEAM
    assert installed.remove(gone(at=NOW.replace(microsecond=0)), NOW) == ("T1",)
    assert installed.remove(gone(team=""), NOW) == ()


def test_what_turns_up_of_an_uninstalled_workspace_is_erased_until_it_is_installed_again(
    installed: Installations, database: Database, vault: Vault
):
    installed.save(TEAM)
    installed.remove(gone(), NOW)
    fill(database, vault, "T1", "T2")
    installed.erase_what_turned_up(NOW)
    assert ApiKeys(database, vault).key("T1") is None
    assert ApiKeys(database, vault).key("T2") == ApiKey(KEY, "T2")
    fill(database, vault, "T1")
    installed.save(TEAM)
    assert ApiKeys(database, vault).key("T1") is None
    fill(database, vault, "T1")
    installed.erase_what_turned_up(NOW)
    assert key_value(ApiKeys(database, vault), "T1") == KEY


def test_an_erasure_is_forgotten_when_nothing_can_turn_up_any_more(
    installed: Installations, database: Database
):
    installed.remove(gone(), NOW)
    installed.erase_what_turned_up(NOW + timedelta(hours=2))
    with database.reading() as connection:
        assert connection.execute(select(erasures)).all() == []


def test_every_table_is_erased_by_workspace_or_known_to_hold_nothing_of_one():
    own = {table.name for table in tables_by_workspace()} | {"workspaces"}
    assert set(metadata.tables) - own == {"teams", "erasures", "processes", "epochs"}


def test_admins_who_install_at_once_leave_one_of_their_tokens(installed: Installations):
    each = [replace(TEAM, bot_token=f"xoxb-{number}") for number in range(8)]
    with ThreadPoolExecutor(8) as admins:
        list(admins.map(installed.save, each))
    assert installed.serving("T1") in each
