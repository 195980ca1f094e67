import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.messages import detail
from phantombot.messages.detail import readable
from phantombot.text import json_stream


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "BATCH", 20)
    monkeypatch.setattr(detail, "BATCH", 20)


@pytest.mark.usefixtures("small_batches")
@given(
    st.lists(st.text(max_size=9) | st.dictionaries(st.text(max_size=3), st.lists(st.integers()))),
    st.sampled_from([None, 2]),
)
def test_a_large_list_is_readable_as_a_small_one(values: list[Any], indent: int | None):
    whole = json.dumps(values, indent=indent, ensure_ascii=False)
    assert readable(json.dumps(values), indent) == whole.encode(errors="replace").decode()


@pytest.mark.usefixtures("small_batches")
def test_a_large_text_that_only_begins_as_a_list_is_shown_as_it_is():
    text = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] and more"
    assert readable(text) == text
