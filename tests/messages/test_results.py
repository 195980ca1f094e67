"""A result as a table in Slack and as CSV, whatever stands in it."""

import csv
import io
import json

import pytest
from growth import grows_linearly
from hypothesis import given
from hypothesis import strategies as st

from phantombot.messages.blocks import Message, escape, neutral
from phantombot.messages.results import (
    CELL,
    CHARACTERS,
    COLUMNS,
    count_of,
    excerpt,
    rows_file,
    with_plainer_table,
    with_table,
)
from phantombot.messages.sheet import text_cell
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.rows import ROWS, Rows, rows_of
from phantombot.sandbox.slack.blocks import checked

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
TABLES = st.lists(st.dictionaries(st.text(), ANYTHING, min_size=1, max_size=9), min_size=1)


def table(*objects: dict) -> Rows:
    rows = rows_of(json.dumps(objects))
    assert rows is not None
    return rows


def cells(message: Message) -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in message.blocks[-1]["rows"]]


def read(rows: Rows) -> list[list[str]]:
    content = rows_file("result", rows).content
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content[1:], newline="")))


def test_the_first_rows_stand_under_their_columns():
    message = with_table(table({"name": "Ada", "age": 36}, {"age": None, "city": "Paris"}), "two")
    assert cells(message) == [["name", "age", "city"], ["Ada", "36", "–"], ["–", "–", "Paris"]]  # noqa: RUF001 - a dash for nothing
    assert message.blocks[-1]["rows"][1][1] == {"type": "raw_number", "value": 36, "text": "36"}
    plainer = with_plainer_table(message)
    assert cells(plainer) == cells(message)
    assert [one["align"] for one in plainer.blocks[-1]["column_settings"]] == [
        "left",
        "right",
        "left",
    ]
    assert message.text.startswith("two\nname · age · city\nAda · 36 · ")


def test_a_table_has_room_on_a_phone():
    rows = table(*({f"c{c}": "x" * 200 for c in range(9)} for _ in range(50)))
    shown = cells(with_table(rows, "many"))
    assert (len(shown), len(shown[0])) == (19, COLUMNS)
    assert all(len(cell) <= CELL for row in shown for cell in row)
    assert sum(len(cell) for row in shown for cell in row) <= CHARACTERS
    assert excerpt(rows, 50, "the file has all") == (
        "Shown here: the first 18 rows and 6 of 9 columns; the file has all."
    )


def test_of_small_rows_more_are_shown():
    rows = table(*({"n": n} for n in range(50)))
    assert len(cells(with_table(rows, "many"))) == ROWS + 1
    assert excerpt(rows, 50, "the file has all").startswith("Shown here: the first 30 rows;")


@pytest.mark.parametrize("odd", [float("inf"), True, None, "1"])
def test_what_is_no_number_is_text_in_a_cell(odd: object):
    rows = Rows(("n",), ({"n": odd},))
    assert with_table(rows, "one").blocks[-1]["rows"][1][0]["type"] == "raw_text"


def test_columns_that_say_nothing_in_a_cell_make_room_for_others():
    rows = table({"empty": None, "jobs": [1], "blank": "", "name": "Ada", "url": "x"})
    assert cells(with_table(rows, "one"))[0] == ["name", "url"]


@given(TABLES)
def test_slack_takes_every_table_and_every_text_in_its_place(objects: list[dict]):
    rows = rows_of(json.dumps(objects))
    if rows is not None:
        message = with_table(rows, "some")
        for _ in range(3):
            checked(list(message.blocks))
            message = with_plainer_table(message)


@pytest.mark.parametrize(
    ("results", "new", "words"),
    [
        (None, None, ""),
        (1, None, "1 result"),
        (120, None, "120 results"),
        (157, 37, "157 results, 37 new"),
        (2, 0, "2 results, none new"),
        (1, 1, "1 result, all new"),
    ],
)
def test_results_are_counted(results: int | None, new: int | None, words: str):
    assert count_of(Ending(Kind.SUCCESS, results=results, new=new)) == words


def test_all_rows_and_columns_are_in_the_file():
    rows = table(
        {"name": 'Ada "the" Countess, of Lovelace', "age": -36, "new": True},
        {"name": None, "jobs": ["a", {"b": 1}], "score": 1.5},
    )
    assert read(rows) == [
        ["name", "age", "new", "jobs", "score"],
        ['Ada "the" Countess, of Lovelace', "-36", "true", "", ""],
        ["", "", "", '["a", {"b": 1}]', "1.5"],
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+33 6 12", "'+33 6 12"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t\r\n =1", "'=1"),
        ('"=1', "'\"=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1+1", "a;'=1+1"),
        ('a;"=1+1', "a;'\"=1+1"),
        ("a\n=b", "a =b"),
        ("a-b; c@d.test", "a-b; c@d.test"),
        ("https://x.test/?a=b", "https://x.test/?a=b"),
        ("", ""),
    ],
)
def test_no_cell_of_a_file_is_a_formula(text: str, cell: str):
    assert text_cell(text) == cell
    assert read(table({text or "x": text}))[1:] == [[cell]]


@given(st.lists(st.text(), min_size=1))
def test_any_texts_are_read_back_row_by_row(texts: list[str]):
    read_back = read(table(*({"text": text.encode(errors="replace").decode()} for text in texts)))
    assert len(read_back) == len(texts) + 1
    assert not any(row and row[0].startswith(("=", "+", "-", "@")) for row in read_back)


def test_a_file_costs_no_more_than_its_length():
    def write(times: int) -> None:
        objects = [{f"c{c}": f"value {c}" for c in range(10)} for _ in range(340 * times)]
        result = json.dumps(objects)
        assert len(result) > 55_000 * times
        rows = rows_of(result)
        assert rows is not None
        assert len(rows_file("result", rows).content) > 22_000 * times

    assert grows_linearly(write)


@given(st.text(alphabet="a \n\t<&é😀.-", max_size=2 * CELL + 9))
def test_a_cell_and_a_quoted_text_are_cut_as_if_all_of_it_were_read(text: str):
    line = " ".join(text.split())
    cut = neutral(line if len(line) <= CELL else f"{line[: CELL - 1]}…").replace("`", "'")
    assert escape(text, CELL) == cut
    table = with_table(Rows(("a",), ({"a": text},))).blocks[-1]
    assert neutral(table["rows"][1][0]["text"]).replace("`", "'") == (cut or "\u2013")


@given(st.text(alphabet="a ;\"'=-\n\uff1d", max_size=12) | st.text(max_size=12))
def test_no_formula_is_missed_in_a_cell(text: str):
    line = " ".join(text.split())
    marked = text_cell(text)
    assert marked.replace("'", "") == line.replace("'", "")
    parts = [part.lstrip(' "') for part in marked.split(";")]
    assert not [part for part in parts if part.startswith(("=", "+", "-", "@", "\uff1d"))]
