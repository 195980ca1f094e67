import json
import tracemalloc
from typing import Any

import pytest

from phantombot.errors import AnswerUnreadable
from phantombot.phantombuster.parsing import read_output
from phantombot.phantombuster.result_text import read_answer

ROWS = [{"name": "Café 😀", "url": f"https://a.test/{n}", "n": n} for n in range(20_000)]
SMALL = ROWS[:2]


def answer(result: Any, **layout: Any) -> bytes:
    data = {"containerStatus": "not running", "resultObject": result, "outputPos": 5}
    return json.dumps({"status": "success", "data": data}, **layout).encode()


def read(body: bytes) -> str | None:
    whole = read_answer(body)
    output = read_output(whole["data"])
    assert (whole["status"], output.status, output.console_position) == (
        "success",
        "not running",
        "5",
    )
    return output.result


@pytest.mark.parametrize("rows", [ROWS, SMALL], ids=["large", "small"])
@pytest.mark.parametrize("layout", [{}, {"indent": 1}, {"ensure_ascii": False}])
def test_a_result_is_the_same_however_large(rows: Any, layout: dict[str, Any]):
    for result in (rows, {"rows": rows}, json.dumps(rows), f" {json.dumps(rows)} "):
        told = read(answer(result, **layout))
        assert json.loads(told or "") == (result if not isinstance(result, str) else rows)


def test_a_large_text_is_a_result():
    assert json.loads(read(answer("x" * 500_000)) or "") == "x" * 500_000


def test_a_large_result_is_read_without_data_around_it():
    body = json.dumps({"containerId": "7", "resultObject": ROWS}).encode()
    output = read_output(read_answer(body))
    assert (output.container_id, json.loads(output.result or "")) == ("7", ROWS)


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-32"])
def test_what_is_coded_otherwise_is_read_all_the_same(coding: str):
    assert read(answer(ROWS).decode().encode(coding)) is not None


@pytest.mark.parametrize("broken", [b'{"data": {"resultObject": [', b'{"data": [', b"[", b"x"])
def test_a_large_answer_that_is_torn_is_no_json(broken: bytes):
    with pytest.raises(ValueError, match=r"."):
        read_answer(broken + b"1, " * 100_000)


def test_a_small_result_that_is_no_json_is_unreadable():
    with pytest.raises(AnswerUnreadable):
        read_output({"containerStatus": "running", "resultObject": float("nan")})


def test_reading_a_large_result_takes_a_few_times_its_size():
    body = answer([{str(n): n} for n in range(40_000)])
    tracemalloc.start()
    result = read(body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result
    assert most < 5 * len(body)
