"""A new first secret: what is sealed anew, what is not, and who writes meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes import sealed_by_an_earlier_release
from sqlalchemy import Column, insert, select, update
from stage import rewrite

from phantombot.access.api_keys import ApiKeys
from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.agents.alias import Kept, ShortName
from phantombot.agents.alias_store import Aliases
from phantombot.database import rotate as rotation
from phantombot.database.engine import Database
from phantombot.database.rotate import Tally, rotate, sealed_columns, survey
from phantombot.database.schema import metadata, workspaces
from phantombot.database.schema import runs as table
from phantombot.database.vault import Place, Vault
from phantombot.errors import StoreUnavailable
from phantombot.runs.console import Console
from phantombot.runs.known_rows import KnownRows
from phantombot.runs.model import Intent, Run
from phantombot.runs.store import Runs
from phantombot.slack.installation_store import Installation, Installations
from phantombot.watches.model import Watch, Word
from phantombot.watches.store import Watches

OLD, NEW = "the-old-secret-0123456789", "the-new-secret-0123456789"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
KEY = "canary-key-0123"


def intent(number: int, workspace: str = "T1") -> Intent:
    return Intent(
        workspace=workspace,
        trigger_id=str(number),
        channel="C1",
        user="U1",
        response_url=f"https://hooks.slack.com/{number}",
        agent="785",
        quoted=False,
        command=None,
        argument=f'{{"n": {number}}}',
        save=False,
    )


@pytest.fixture
def written(database: Database) -> Database:
    """Return a key and three runs in each of two workspaces, sealed under the old secret."""
    vault = Vault((OLD,))
    for workspace in ("T1", "T2"):
        ApiKeys(database, vault).store_key(workspace, KEY + workspace, by="U1", at=NOW)
        for number in range(3):
            Runs(database, vault).add(intent(number, workspace), NOW)
    for run in Runs(database, vault).open("T1"):
        rewrite(Runs(database, vault), run, console=Console())
    return database


def readable(database: Database, *secrets: str) -> list[str | None]:
    vault = Vault(secrets)
    runs = Runs(database, vault)
    stored = [ApiKeys(database, vault).key(name) for name in ("T1", "T2")]
    found = [key and key.value for key in stored]
    for run in (*runs.open("T1"), *runs.open("T2")):
        found += [runs.argument(run), runs.response_url(run)]
    return found


def first(database: Database) -> Run:
    return Runs(database, Vault((OLD,))).open("T1")[0]


def test_everything_is_sealed_under_the_first_secret_and_the_others_may_go(written: Database):
    before = readable(written, OLD)
    tally = rotate(written, Vault((NEW, OLD)))
    assert dict(tally.renewed) == {
        "workspaces.api_key": 2,
        "runs.argument": 6,
        "runs.response_url": 6,
        "runs.console": 3,
    }
    assert not tally.unknown
    assert not tally.older
    assert readable(written, NEW) == before
    assert rotate(written, Vault((NEW,))).renewed.total() == 0


def test_more_rows_than_one_transaction_takes_are_all_met(database: Database):
    runs = Runs(database, Vault((OLD,)))
    for number in range(2 * rotation.BATCH + 1):
        runs.add(intent(number), NOW)
    tally = rotate(database, Vault((NEW, OLD)))
    assert tally.renewed["runs.argument"] == 2 * rotation.BATCH + 1


def test_what_no_secret_opens_is_counted_and_left_as_it_is(written: Database):
    copied = select(workspaces.c.api_key).where(workspaces.c.id == "T1").scalar_subquery()
    with written.writing() as connection:
        connection.execute(insert(workspaces).values(id="T3", api_key=copied))
    tally = rotate(written, Vault((NEW, OLD)))
    assert dict(tally.unknown) == {"workspaces.api_key": 1}
    assert tally.renewed["workspaces.api_key"] == 2
    assert dict(survey(written, Vault((NEW,)), "T3").unknown) == {"workspaces.api_key": 1}
    assert survey(written, Vault((NEW,)), "T1").unknown.total() == 0


class Interfering(Vault):
    """Has something done once a value with these words was read, and before it is sealed anew."""

    def __init__(self, words: str, meanwhile: Callable[[], object]) -> None:
        super().__init__((NEW, OLD))
        self._words = words
        self._meanwhile: list[Callable[[], object]] = [meanwhile]

    def is_newest(self, place: Place, sealed: str) -> bool:
        if self._meanwhile and self._words in self.open(place, sealed):
            self._meanwhile.pop()()
        return super().is_newest(place, sealed)


def test_a_workers_write_in_between_is_not_lost_and_its_version_stays_good(written: Database):
    old, both = Runs(written, Vault((OLD,))), Runs(written, Vault((NEW, OLD)))
    run = first(written)
    latest = Console(tail="the newest line")
    after: list[Run] = []

    def write() -> None:
        after.append(rewrite(old, run, console=latest, label="on"))

    tally = rotate(written, Interfering('"tail"', write))
    assert not tally.older
    assert both.console(run) == latest
    assert rewrite(both, after[0], label="further").label == "further"
    assert Runs(written, Vault((NEW,))).console(run) == latest


def test_a_key_that_is_removed_in_between_stays_removed(written: Database):
    keys = ApiKeys(written, Vault((NEW, OLD)))
    rotate(written, Interfering(KEY, lambda: keys.remove_key("T1")))
    assert keys.key("T1") is None


def test_a_rotation_that_is_cut_off_goes_on_where_it_was(written: Database):
    class Cut(Vault):
        def seal(self, place: Place, text: str) -> str:
            sealed.append(place)
            if len(sealed) == 4:
                raise KeyboardInterrupt
            return super().seal(place, text)

    sealed: list[Place] = []
    before = readable(written, OLD)
    with pytest.raises(KeyboardInterrupt):
        rotate(written, Cut((NEW, OLD)))
    assert readable(written, NEW, OLD) == before
    rotate(written, Vault((NEW, OLD)))
    assert readable(written, NEW) == before


def test_a_database_that_goes_away_says_so(written: Database):
    written.close()
    metadata.drop_all(written.engine)
    with pytest.raises(StoreUnavailable):
        rotate(written, Vault((NEW, OLD)))


def test_whoever_still_seals_under_an_old_secret_is_told(written: Database):
    class Stubborn(Vault):
        """Before each look, another process seals the key under the old secret once more."""

        def is_newest(self, place: Place, sealed: str) -> bool:
            with written.engine.begin() as connection:
                anew = Vault((OLD,)).seal(Place("T1", "workspaces.api_key"), KEY)
                connection.execute(
                    update(workspaces).where(workspaces.c.id == "T1").values(api_key=anew)
                )
            return super().is_newest(place, sealed)

    assert rotate(written, Stubborn((NEW, OLD))).older["workspaces.api_key"] == 1


@pytest.fixture
def all_written(written: Database) -> Database:
    """Return two values of each sealed column in one workspace, sealed under the old secret."""
    vault = Vault((OLD,))
    aliases, watches, runs = Aliases(written, vault), Watches(written, vault), Runs(written, vault)
    for number, agent in enumerate(("785", "786")):
        entry = AuditEntry("T1", NOW, "U1", AuditAction.ALIAS_SET, agent, "C1", "set")
        alias = ShortName(f"word{number}", agent, "", "U1", NOW, keeps=True)
        aliases.put(entry, alias, Kept("casperjs", f'{{"n": {number}}}'))
        watches.set(Watch("T1", "C1", agent, "", (Word.FAILURE,), "U1", NOW), entry)
    for run in runs.open("T1"):
        runs.write(run, replace(run, agent_id="785"), known=KnownRows("id", "salt", ""))
    Installations(written, vault).save(
        Installation("T1", None, False, "xoxb-1", "U0", "", "U1", NOW)  # noqa: FBT003
    )
    return written


@pytest.mark.parametrize("column", sealed_columns(), ids=str)
def test_each_sealed_column_is_written_for_its_own_place(
    all_written: Database, column: Column[Any]
):
    with all_written.reading() as connection:
        assert connection.execute(select(column).where(column.is_not(None))).all()
    assert survey(all_written, Vault((OLD,))) == Tally()


@pytest.mark.parametrize(
    "column", [column for column in sealed_columns() if rotation.row_names(column.table)], ids=str
)
def test_a_value_moved_to_another_row_of_its_workspace_is_not_taken(
    all_written: Database, column: Column[Any]
):
    owner = rotation._owner(column.table)
    with all_written.writing() as connection:
        values = select(column).where(owner == "T1", column.is_not(None))
        first, *others = connection.execute(values).scalars()
        connection.execute(update(column.table).where(column.in_(others)).values({column: first}))
    assert survey(all_written, Vault((OLD,))).unknown == {str(column): len(others)}


def test_what_an_earlier_release_sealed_is_older_until_it_is_rotated(written: Database):
    runs, run = Runs(written, Vault((OLD,))), first(written)
    earlier = sealed_by_an_earlier_release(OLD, "T1", '{"n": 0}')
    with written.writing() as connection:
        mine = table.c.id == run.id
        connection.execute(update(table).where(mine).values(argument=earlier))
    assert runs.argument(run) == '{"n": 0}'
    assert survey(written, Vault((OLD,))).older == {"runs.argument": 1}
    assert rotate(written, Vault((OLD,))).renewed == {"runs.argument": 1}
    assert survey(written, Vault((OLD,))) == Tally()
    assert runs.argument(run) == '{"n": 0}'


def test_the_columns_known_to_be_sealed_are_found():
    named = {f"{column.table.name}.{column.name}" for column in sealed_columns()}
    assert named >= {
        "workspaces.api_key",
        "runs.argument",
        "runs.response_url",
        "runs.console",
    }
