"""What is cut where a text is too long for Slack, and what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages.cast import RUN

from phantombot.messages.blocks import (
    SECTION_LIMIT,
    TEXT_LIMIT,
    escape,
    plain,
    sections,
    shortened,
)
from phantombot.messages.channels import cannot_post, mend, undeliverable

LINK = "<https://phantombuster.s3.amazonaws.com/a/b.csv|CSV>"


@pytest.mark.parametrize("long", [escape("& " * 2000, 9000), ", ".join([LINK] * 90)])
def test_an_admin_reads_why_and_what_to_do_however_long_the_message_is(long: str):
    told = undeliverable(RUN, cannot_post(plain(long), "is_archived"))
    for text in (told.text, told.blocks[0]["text"]["text"]):
        assert mend("is_archived") in text
        assert f"Slack doesn't let me message <@{RUN.user}>" in text
        assert len(text) <= SECTION_LIMIT


def test_what_fits_is_not_cut():
    assert shortened("x" * 20, 20) == "x" * 20


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdefghij", 9, "abcde…"),
        (f"at {LINK} and more", 30, "at …"),
        ("ab &amp; cd and more", 10, "ab …"),
        ("```abcdefghijklm```", 14, "```abcdefg…```"),
        ("a <@U0ALICE> ran it and more", 20, "a <@U0ALICE> ran…"),
    ],
)
def test_a_cut_leaves_nothing_open(text: str, limit: int, cut: str):
    assert shortened(text, limit) == cut


@given(st.lists(st.sampled_from([LINK, "&amp;", "word", "```", "<@U0ALICE>", "\n"]), max_size=400))
def test_nothing_is_longer_than_it_may_be_and_no_mark_is_broken(parts: list[str]):
    text = " ".join(parts)
    for limit in (20, 200, SECTION_LIMIT):
        kept = shortened(text, limit)
        assert len(kept) <= limit
        assert kept.count("<") == kept.count(">")
        assert kept.count("&") == kept.count("&amp;")
        assert len(text) <= limit or kept.count("```") % 2 == 0


def test_for_screen_readers_the_longest_section_is_cut_and_no_note():
    told = sections("x" * 2900, "y" * 1200, "Open it at Phantombuster.")
    assert len(told.text) <= TEXT_LIMIT
    assert told.text.endswith("Open it at Phantombuster.")
    assert "y" * 1200 in told.text
