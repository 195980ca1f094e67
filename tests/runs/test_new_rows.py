"""How many results are new since the last run of the same launch."""

from dataclasses import replace

import pytest
from stage import Stage

from phantombot.database.schema import known_rows
from phantombot.database.vault import Vault
from phantombot.errors import SlackUnavailable


def people(*numbers: int) -> list[dict]:
    return [{"name": f"Ada {n}", "profileUrl": f"https://x.test/{n}"} for n in numbers]


def run(stage: Stage, result: object, exit_code: int = 0, **typed: object) -> str:
    """Launch the agent and follow the run to its end; return its message."""
    stage.clock.forward(60)
    stage.type(**typed)
    stage.process_workspace()
    going = stage.phantombuster.agents["785"].runs[-1]
    stage.phantombuster.finish(going, exit_code, result)
    stage.tend_until_told()
    return stage.last


def test_new_results_are_counted_in_the_channel_and_explained_in_the_thread(stage: Stage):
    assert "120 results, " not in run(stage, people(*range(120)))
    assert "· 157 results, 37 new" in run(stage, people(*range(157)))
    (reply,) = stage.slack.replies("157 results")
    assert "*157 results*, 37 new since the last run with the same argument, <!date^" in reply
    assert "|2026-11-24 12:01>" in reply


@pytest.mark.parametrize(
    ("numbers", "words"),
    [((1, 2), "2 results, none new"), ((3, 4), "2 results, all new"), ((2, 3), "2 results, 1 new")],
)
def test_none_and_all_have_words_of_their_own(stage: Stage, numbers: tuple, words: str):
    run(stage, people(1, 2))
    assert words in run(stage, people(*numbers))


def test_another_argument_is_another_search_and_each_is_remembered(stage: Stage):
    run(stage, people(1, 2), argument='{"search": "a"}')
    assert "new" not in run(stage, people(3, 4), argument='{"search": "b"}')
    assert "3 results, 1 new" in run(stage, people(1, 2, 5), argument='{"search": "a"}')
    assert "3 results, 1 new" in run(stage, people(3, 4, 5), argument='{"search": "b"}')


def test_what_fails_or_returns_nothing_is_nothing_to_compare_with(stage: Stage):
    run(stage, people(1, 2))
    run(stage, [])
    run(stage, people(7), exit_code=1)
    assert "3 results, 1 new" in run(stage, people(1, 2, 3))


@pytest.mark.parametrize("result", [[1, 2], {"a": 1}, [{"name": "Ada"}, {"name": "Ada"}], "text"])
def test_where_no_column_tells_rows_apart_nothing_is_said(stage: Stage, result: object):
    run(stage, result)
    assert "new" not in run(stage, result)


def test_an_ending_that_is_told_late_is_not_compared_with_itself(stage: Stage):
    run(stage, people(1, 2))
    stage.slack.fault("edit", *[SlackUnavailable("no_answer") for _ in range(5)])
    assert "3 results, 1 new" in run(stage, people(1, 2, 3))
    stage.process_workspace(60)
    assert "3 results, 1 new" in stage.last


def test_under_another_secret_it_begins_anew(stage: Stage):
    run(stage, people(1, 2), argument=None, command=None)
    vault = Vault(("another-secret-of-the-tests-0123456789",))
    again = replace(stage, runs=replace(stage.runs, vault=vault))
    said = run(again, people(1, 2, 3), argument=None, command=None)
    assert "3 results" in said
    assert "new" not in said


def test_neither_rows_nor_argument_stand_in_the_store_in_clear(stage: Stage):
    run(stage, people(1, 2), argument='{"search": "a"}')
    with stage.runs.database.reading() as connection:
        (row,) = connection.execute(known_rows.select()).all()
    assert row.workspace == "T1"
    assert "search" not in str(row)
    assert "profileUrl" not in str(row)
