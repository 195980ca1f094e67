import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.messages.results import links_to
from phantombot.runs.result_files import file_saved, files_pointed_at, is_result_file, last_of_each

CSV = "https://phantombuster.s3.amazonaws.com/xNdp30g5TSk/Fu1Js2zQ/result.csv"
JSON = CSV.replace(".csv", ".json")


@pytest.mark.parametrize(
    ("line", "link"),
    [
        (f"✅ CSV saved at {CSV}", CSV),
        (f"CSV saved at {CSV}\r", CSV),
        (f"✅ JSON saved at {JSON} .", JSON),
        (f"done: Data saved at {CSV}.", CSV),
        (f"Saved 12 lines in {CSV}", CSV),
        (f"🔄 Getting data from {CSV}...", None),
        (f"saved https {CSV}/", None),
        ("✅ CSV saved at result.csv", None),
        ("✅ CSV saved at https://evil.test/result.csv", None),
        (f"✅ CSV saved at {CSV}?a=b", None),
        (f"✅ CSV saved at {CSV}|click>", None),
        ("saved " * 1000, None),
    ],
)
def test_a_line_that_says_what_was_saved_names_a_file(line: str, link: str | None):
    assert file_saved(line) == link


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        (CSV, True),
        (JSON, True),
        ("https://phantombuster.s3.eu-west-1.amazonaws.com/a/b/my%20leads+(2).csv", True),
        ("https://s3.amazonaws.com/phantombuster/a/b/result.json", True),
        ("https://cache1.phantombooster.com/a/b/result.csv", True),
        ("https://storage.phantombuster.com/a/b/result.csv", True),
        ("http://phantombuster.s3.amazonaws.com/a/b/result.csv", False),
        ("https://evil.s3.amazonaws.com/a/b/result.csv", False),
        ("https://phantombuster.s3.amazonaws.com.evil.test/a/result.csv", False),
        ("https://phantombuster.s3.amazonaws.com@evil.test/a/result.csv", False),
        ("https://user@phantombuster.s3.amazonaws.com/a/result.csv", False),
        ("https://phantombuster.s3.amazonaws.com/a/shot.png", False),
        (f"https://phantombuster.s3.amazonaws.com/{'a' * 400}.csv", False),
        (f"{CSV}\n", False),
        (f" {CSV}", False),
        (None, False),
        (7, False),
    ],
)
def test_only_files_that_phantombuster_keeps_are_linked(link: object, kept: bool):
    assert is_result_file(link) is kept


@pytest.mark.parametrize(
    ("result", "files"),
    [
        ({"csvURL": CSV, "jsonUrl": JSON}, (CSV, JSON)),
        ({"jsonURL": JSON, "csvUrl": CSV}, (CSV, JSON)),
        ({"csvUrl": "https://evil.test/x.csv", "jsonUrl": JSON}, (JSON,)),
        ({"csvUrl": [CSV]}, ()),
        ([{"csvUrl": CSV}], ()),
        ({}, ()),
        (None, ()),
        (CSV, ()),
    ],
    ids=str,
)
def test_a_result_may_be_no_more_than_a_pointer(result: object, files: tuple[str, ...]):
    assert files_pointed_at(result) == files


def test_the_last_file_of_each_kind_is_kept():
    assert last_of_each([JSON, CSV, CSV.replace("result", "b")]) == (
        CSV.replace("result", "b"),
        JSON,
    )


@given(st.lists(st.text() | st.from_regex(r"https://phantombuster\.s3\.amazonaws\.com/.*\.csv")))
def test_nothing_else_becomes_a_link(links: list[str]):
    for link in links_to(links).split(", "):
        assert link.count("<") == link.count(">") == link.count("|") == bool(link)
        assert not link or link.startswith("<https://phantombuster.s3.amazonaws.com/")


def test_a_link_to_a_csv_is_called_so():
    assert links_to((CSV, JSON)) == f"<{CSV}|CSV>, <{JSON}|JSON>"
