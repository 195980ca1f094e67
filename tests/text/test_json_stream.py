import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.text import json_stream
from phantombot.text.json_stream import batches, find_member, is_list

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # What a text must not be taken for, and what may stand around it.
    | st.text(alphabet='a{}[]",\\:é😀\n ', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
)
LAYOUTS = st.sampled_from([{}, {"indent": 1}, {"separators": (",", ":")}, {"ensure_ascii": False}])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "BATCH", 20)


@pytest.mark.usefixtures("small")
@given(st.lists(VALUES, max_size=30), LAYOUTS)
def test_the_batches_of_a_list_are_its_elements(values: list[Any], layout: dict[str, Any]):
    text = f" {json.dumps(values, **layout)}\n"
    assert is_list(text)
    assert [one for batch in batches(text) for one in batch] == values


def test_a_batch_is_never_much_of_a_large_list():
    held = [len(json.dumps(batch)) for batch in batches(json.dumps(["x" * 500] * 10_000))]
    assert len(held) > 50
    assert max(held) < json_stream.BATCH + 1_000


@pytest.mark.parametrize(
    "text", ["", "null", "{}", "[", "[1", "[1,", "[1,]", "[,1]", "[1]]", "[1} ", "[1 2]", "[NaN]"]
)
def test_what_is_no_list_raises_a_value_error(text: str):
    with pytest.raises(ValueError, match=r"."):
        list(batches(text))


def test_what_is_nested_too_deeply_raises_a_value_error():
    with pytest.raises(ValueError, match=r"."):
        list(batches("[" * 200_000))


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), VALUES, VALUES, LAYOUTS)
def test_a_member_is_found_wherever_it_stands(
    others: dict[str, Any], wanted: Any, after: Any, layout: dict[str, Any]
):
    record = {**others, "wanted": wanted, "after": after}
    for whole in (record, {"before": after, "within": record, "more": 1}):
        text = json.dumps(whole, **layout)
        begun, ended = find_member(text, "wanted", "within") or (0, 0)
        assert json.loads(text[begun:ended]) == wanted


@pytest.mark.parametrize(
    "text", ["{}", '{"a": 1}', '{"within": 1, "b": "wanted"}', '{"within": {"a": 1}}']
)
def test_a_member_that_is_not_there_is_not_found(text: str):
    assert find_member(text, "wanted", "within") is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"a"', '{"a":', '{"a": [', '{"a": "', '{"a": 1', '{"a" 1}']
)
def test_what_cannot_be_looked_through_raises_a_value_error(text: str):
    with pytest.raises(ValueError, match=r"."):
        find_member(text, "wanted", "within")
