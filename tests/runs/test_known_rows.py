import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.runs.known_rows import MOST, known_rows, stable_column
from phantombot.runs.rows import Rows, rows_of


def table(*objects: dict) -> Rows:
    rows = rows_of(json.dumps(objects))
    assert rows is not None
    return rows


def people(*numbers: int, column: str = "profileUrl") -> Rows:
    return table(*({"name": "Ada", column: f"https://x.test/{n}"} for n in numbers))


@pytest.mark.parametrize(
    ("objects", "column"),
    [
        ([{"url": "a", "id": 1}, {"url": "b", "id": 2}], "url"),
        ([{"url": "a", "profileUrl": "x"}, {"url": "b", "profileUrl": "y"}], "profileUrl"),
        ([{"url": "a", "id": 1}, {"url": "a", "id": 2}], "id"),
        ([{"url": "a", "id": 1}, {"url": None, "id": 2}], "id"),
        ([{"url": "a", "id": 1}, {"id": 2}], "id"),
        ([{"url": " ", "id": 1}], "id"),
        ([{"LinkedIn Profile URL": "a"}], "LinkedIn Profile URL"),
        ([{"linkedin_profile_url": "a"}], "linkedin_profile_url"),
        ([{"name": "a", "timestamp": "1", "imgUrl": "x"}], None),
        ([{"id": 1.5}, {"id": 2.5}], None),
        ([{"id": True}], None),
        ([{"id": 1, "a": 1, "b": 2}, {"id": "1"}], None),
    ],
    ids=str,
)
def test_the_column_that_tells_rows_apart_is_found_by_its_name(objects: list, column: str | None):
    assert stable_column(table(*objects)) == column


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ((1, 2), (1, 2), 0),
        ((1, 2), (2, 3, 4), 2),
        ((1, 2), (3,), 1),
        ((1,), (1, *range(2, 500)), 498),
    ],
)
def test_rows_that_were_not_known_are_counted(before: tuple, after: tuple, new: int):
    known = known_rows(people(*before))
    assert known is not None
    assert known.count_new(people(*after)) == new


def test_the_column_of_the_earlier_rows_is_kept_to_where_it_still_tells():
    earlier = known_rows(table({"id": 1}))
    later = known_rows(table({"id": 1, "profileUrl": "a"}), earlier)
    assert later is not None
    assert later.column == "id"
    other = known_rows(table({"id": 1, "url": "a"}, {"id": 1, "url": "b"}), earlier)
    assert other is not None
    assert other.column == "url"


def test_nothing_of_the_rows_can_be_read_in_what_is_kept():
    first, second = known_rows(people(7)), known_rows(people(7))
    assert first is not None
    assert second is not None
    assert first.digests != second.digests
    assert first.digests not in repr(first)
    assert len(first.digests) == 8


def test_of_too_many_rows_nothing_is_kept():
    assert known_rows(people(*range(MOST))) is not None
    assert known_rows(people(*range(MOST + 1))) is None


@given(st.sets(st.integers()), st.sets(st.integers(), min_size=1))
def test_new_rows_are_those_of_the_difference(before: set[int], after: set[int]):
    known = known_rows(people(*before, *{0} - before))
    assert known is not None
    assert known.count_new(people(*after)) == len(after - before - {0})
