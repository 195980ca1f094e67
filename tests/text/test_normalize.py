# ruff: noqa: RUF001 - the quotes, dashes and letters that look alike are what is tested
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.text.normalize import folded, in_ascii_digits, trimmed


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        pytest.param("LINKEDIN search", "LinkedIn Search", id="case"),
        pytest.param("STRASSE", "Straße", id="case of any letter"),
        pytest.param("Koln".replace("o", "o\u0308"), "Köln", id="composed otherwise"),
        pytest.param("한글", unicodedata.normalize("NFD", "한글"), id="Hangul composed otherwise"),
        pytest.param("Bob's", "Bob’s", id="curly apostrophe"),
        pytest.param("Bob‘s Bob`s Bob´s Bobʼs Bob′s", "Bob's " * 5, id="other apostrophes"),
        pytest.param('"Hot" leads', "“Hot” leads", id="curly quotes"),
        pytest.param("«Hot» „leads‟", '"Hot" "leads"', id="other quotes"),
        pytest.param("A - B", "A – B", id="en dash"),
        pytest.param("A — B", "A -- B", id="two dashes that a keyboard joins"),
        pytest.param("A‐B‑C−D﹣E－F", "A-B-C-D-E-F", id="hyphens and minus"),
        pytest.param("To do…", "To do...", id="ellipsis"),
        pytest.param(" Linked\u00a0\u202f\u3000\u2009In\n", "Linked In", id="any space"),
        pytest.param("\ufeffLin\u200bked\u2060In\u00ad\u200e", "LinkedIn", id="invisible"),
        pytest.param("\u200fשלום\u202c", "שלום", id="marks of direction"),
        pytest.param("می‌خواهم", "میخواهم", id="joiners between letters"),
        pytest.param("７８５ Ａｂ！", "785 ab!", id="full width"),
        pytest.param("ﾘｰﾄﾞ", "リード", id="half width"),
        pytest.param(":rocket: Export", "🚀 Export", id="shortcode"),
        pytest.param(":+1::ROCKET:", "👍🚀", id="shortcodes in a row"),
        pytest.param(":flag-us: :thumbsup:", "🇺🇸 👍", id="Slack's own names"),
        pytest.param(":heart:", "❤️", id="variation selector"),
        pytest.param("❤", "❤️", id="without its variation selector"),
        pytest.param(":wave::skin-tone-4: hi", "👋 hi", id="the typist's skin tone"),
        pytest.param(":wave:", "👋🏽", id="skin tone of the name"),
        pytest.param(":female-technologist::skin-tone-2:", "👩🏽\u200d💻", id="joined emoji"),
        pytest.param("R&amp;D &lt;x&gt;", "R&D <x>", id="escaped by Slack"),
        pytest.param("R&amp;amp;D &amp;lt;", "R&D <", id="escaped twice"),
    ],
)
def test_what_people_type_for_a_name_is_alike(typed: str, name: str):
    assert folded(typed) == folded(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LinkedIn", "Linked In"),
        ("A-B", "AB"),
        ("Bobs", "Bob's"),
        ("Köln", "Koln"),
        ("10:30:45", "1045"),
        (":no_such_emoji:", "no_such_emoji"),
        (":flag-england:", ":flag-scotland:"),
        (":rocket:", ":airplane:"),
        ("x²", "x2"),
    ],
)
def test_what_is_another_name_stays_another(one: str, other: str):
    assert folded(one) != folded(other)


pieces = st.sampled_from(
    [*"-–—'’ \u200b\u00a0:&;\u0338\u0345", "amp;", "&lt;", ":x:", ":zero:", "skin-tone-2:", "👋🏽"]
)
texts = st.text() | st.lists(st.text(max_size=3) | pieces, max_size=12).map("".join)


@given(texts)
def test_what_is_folded_stays_as_it_is(text: str):
    assert folded(folded(text)) == folded(text)


@given(texts, st.sampled_from(["NFC", "NFD"]))
def test_no_case_and_no_form_of_a_letter_makes_a_difference(text: str, form: str):
    assert folded(unicodedata.normalize(form, text)) == folded(text)
    # Unicode compares without case after normalizing (3.13, D145): U+0345 becomes a letter, which
    # a mark behind it would otherwise join.
    assert folded(unicodedata.normalize(form, text).casefold()) == folded(text)


@pytest.mark.parametrize(
    "around", ["", " ", "\u00a0\u200b", "\ufeff", "\n\u2060\t", "\u3000", "\u202f\u00ad"]
)
def test_what_nobody_sees_is_cut_off_and_the_inside_is_left(around: str):
    assert trimmed(f"{around}a\u200b\u00a0b{around}") == "a\u200b\u00a0b"
    assert trimmed(around) == ""


@pytest.mark.parametrize(
    ("word", "read"),
    [("７８５", "785"), ("٧٨٥", "785"), ("007", "007"), ("７a", "７a"), ("²", "²"), ("", "")],
)
def test_digits_of_any_script_are_a_number(word: str, read: str):
    assert in_ascii_digits(word) == read
