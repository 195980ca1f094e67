import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.runs import rows
from phantombot.runs.rows import (
    MOST_CELLS,
    MOST_COLUMNS,
    Rows,
    count_of,
    nested_columns,
    readable,
    rows_of,
    value_of,
)
from phantombot.text import json_stream

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers())
_TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cf")), max_size=9)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=5), max_size=5)


def test_objects_are_rows_under_the_union_of_their_names():
    rows = rows_of('[{"a": 1, "b": 2}, {"c": 3, "a": null}]')
    assert rows == Rows(("a", "b", "c"), ({"a": 1, "b": 2}, {"c": 3, "a": None}))
    assert rows.values("b") == [2, None]


@pytest.mark.parametrize(
    "result",
    [
        None,
        "",
        "no JSON",
        "[" * 100_000,
        "null",
        "[]",
        "{}",
        "[1, 2]",
        "[{}]",
        '[{"a": 1}, 2]',
        '{"a": [{"b": 1}]}',
        '[{"a": {}, "b": []}]',
        pytest.param('[{"n": 1' + "0" * 5000 + "}]", id="a number too long to be read"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_anything_else_is_no_table(result: str | None):
    assert rows_of(result) is None


def test_some_nested_values_leave_a_table_a_table():
    rows = rows_of('[{"name": "Ada", "url": "x", "jobs": [{"title": "y"}]}]')
    assert rows is not None
    assert nested_columns(rows) == {"jobs"}


def test_what_would_fill_far_more_cells_than_it_has_values_is_no_table():
    wide = [{str(n): n for n in range(MOST_COLUMNS + 1)}]
    sparse = [{str(n % MOST_COLUMNS): n} for n in range(MOST_CELLS // MOST_COLUMNS + 1)]
    assert rows_of(json.dumps(wide)) is None
    assert rows_of(json.dumps(sparse)) is None


@given(OBJECTS)
def test_no_value_of_a_table_is_lost(objects: list[dict]):
    rows = rows_of(json.dumps(objects))
    if rows is not None:
        assert list(rows.objects) == objects
        assert set(rows.columns) == {name for one in objects for name in one}


@pytest.mark.parametrize(
    ("result", "value"),
    [
        (None, None),
        ("", None),
        ("[1]", [1]),
        ('"[1]"', [1]),
        ('" {\\"a\\": 1}"', {"a": 1}),
        ('"[1"', "[1"),
        ('"done"', "done"),
        ('""', ""),
        ("no JSON", None),
        ("[" * 100_000, None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_result_is_read_out_of_a_string_that_holds_it(result: str | None, value: object):
    assert value_of(result) == value


def test_rows_in_a_string_are_a_table():
    assert rows_of('"[{\\"a\\": 1}]"') == Rows(("a",), ({"a": 1},))


@pytest.mark.parametrize("result", ["[1, [2], {}]", "[]", '"[1]"', '" [1]"'])
def test_a_list_is_counted(result: str):
    assert count_of(result) == len(value_of(result))


@pytest.mark.parametrize("result", [None, "", "no JSON", "{}", "[1", "1", '"[1"', "[" * 100_000])
def test_nothing_else_is_counted(result: str | None):
    assert count_of(result) is None


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "BATCH", 20)
    monkeypatch.setattr(rows, "BATCH", 20)


@pytest.mark.usefixtures("small_batches")
@given(
    st.lists(_TEXTS | st.dictionaries(st.sampled_from("ab"), st.lists(st.integers()))),
    st.sampled_from([None, 2]),
)
def test_a_large_list_is_readable_as_a_small_one(values: list[Any], indent: int | None):
    whole = json.dumps(values, indent=indent, ensure_ascii=False)
    assert readable(json.dumps(values), indent) == whole.encode(errors="replace").decode()


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.usefixtures("small_batches")
def test_what_steers_a_terminal_or_turns_text_around_is_removed(indent: int | None, count: int):
    values = ["\x1b[31mred\x1b[0m\a \u202eover\u202c \\u001b[1m a\tb\n"] * count
    shown = json.loads(readable(json.dumps(values), indent))
    assert shown == ["red over \\u001b[1m a\tb\n"] * count


@pytest.mark.usefixtures("small_batches")
def test_a_large_text_that_only_begins_as_a_list_is_shown_as_it_is():
    text = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] and more"
    assert readable(text) == text
