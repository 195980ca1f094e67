# ruff: noqa: RUF001 - the quotes that keyboards make are what is tested
import json
import unicodedata
from contextlib import suppress
from typing import Any

import pytest
from growth import grows_linearly
from hypothesis import given
from hypothesis import strategies as st

from phantombot.commands.argument import Argument, read_argument
from phantombot.errors import UsageError

QUOTES = "\"'\u2018\u2019\u201c\u201d\u201e\u201f\u00ab\u00bb"


def values(text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text
    return st.recursive(
        scalars.filter(lambda value: value not in (float("inf"), float("-inf"))),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
        max_leaves=10,
    )


words = st.text(st.characters(codec="utf-8", exclude_characters=QUOTES), max_size=12)


def mistake(typed: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_argument(typed)
    return caught.value


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param('{"a":1}', id="object"),
        pytest.param('{ "a" :\n\t[1,  2.50, -0, 1E+5] }', id="odd spacing and numbers"),
        pytest.param('"casperjs"', id="string"),
        pytest.param('"a=b"', id="string with an equals sign"),
        pytest.param('"a”=“b"', id="string that holds curly quotes and an equals sign"),
        pytest.param('{"a": "“b”, \u00a0‘c’"}', id="curly quotes and a hard space in a string"),
        pytest.param('{"a": "<https://x.y|x> &amp; ```b```"}', id="Slack's marks in a string"),
        pytest.param('{"a": 1, "a": 2}', id="a property twice"),
        pytest.param("null", id="null"),
        pytest.param("-5", id="negative number"),
        pytest.param("9" * 5000, id="an integer that int() refuses"),
        pytest.param('{"a": ' + "9" * 5000 + "}", id="the same within an object"),
    ],
)
def test_json_is_sent_byte_for_byte_as_typed(typed: str):
    around = f" \u00a0\n\ufeff{typed}\t \u200b"
    assert read_argument(around) == Argument(typed, repaired=False)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        pytest.param(
            """url=https://x.y n:=5 tags:='["a"]'""",
            '{"url": "https://x.y", "n": 5, "tags": ["a"]}',
            id="strings and JSON",
        ),
        pytest.param("a=", '{"a": ""}', id="empty string"),
        pytest.param("a=5 b=null", '{"a": "5", "b": "null"}', id="= is always a string"),
        pytest.param("a=b=c d==e", '{"a": "b=c", "d": "=e"}', id="the first separator counts"),
        pytest.param("a=b:=c d:e=f", '{"a": "b:=c", "d:e": "f"}', id="a colon in a key"),
        pytest.param("q=it's who's=5'", '{"q": "it\'s", "who\'s": "5\'"}', id="apostrophes"),
        pytest.param("a=b“c”", '{"a": "b“c”"}', id="curly quotes inside"),
        pytest.param("a=\"b c\" 'd e'='f  g'", '{"a": "b c", "d e": "f  g"}', id="quoted parts"),
        pytest.param(r'a="say \"hi\"" b=\n', r'{"a": "say \"hi\"", "b": "\\n"}', id="escaped"),
        pytest.param(r"a='it\'s' b='\d\\'", r"""{"a": "it's", "b": "\\d\\\\"}""", id="in single"),
        pytest.param(r'a="C:\d\\"', r'{"a": "C:\\d\\"}', id="a backslash at the end"),
        pytest.param('a="x=1 y=2"', '{"a": "x=1 y=2"}', id="pairs within a value"),
        pytest.param("a:=1.50 b:=[1,2]", '{"a": 1.50, "b": [1,2]}', id="JSON kept as typed"),
        pytest.param('a:=["b c", {"d": 1}] e=f', '{"a": ["b c", {"d": 1}], "e": "f"}', id="spaces"),
        pytest.param(r"""a:='["\"b\"\n"]'""", r'{"a": ["\"b\"\n"]}', id="escapes of quoted JSON"),
        pytest.param("n:=" + "9" * 5000, '{"n": ' + "9" * 5000 + "}", id="a huge integer"),
        pytest.param("a=1\n\u00a0 b=2", '{"a": "1", "b": "2"}', id="any whitespace between"),
        pytest.param(
            'a=1\u200b\u3000\u2060b="c d"\ufeff n:=5\u200b e:=[1]\u00ad f=g',
            '{"a": "1", "b": "c d", "n": 5, "e": [1], "f": "g"}',
            id="invisible characters between",
        ),
        pytest.param("a='\u200b1'", '{"a": "\u200b1"}', id="invisible within quotes"),
        pytest.param("名=é\\", '{"名": "é\\\\"}', id="beyond ASCII"),
        pytest.param("a=<b b=x<https://x.y>", '{"a": "<b", "b": "x<https://x.y>"}', id="no link"),
    ],
)
def test_pairs_are_composed_into_an_object_without_being_called_repaired(typed: str, sent: str):
    assert json.loads(sent.replace("9" * 5000, "9"))
    assert read_argument(typed) == Argument(sent, repaired=False)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        pytest.param("{“a”: “b”}", '{"a": "b"}', id="curly double"),
        pytest.param("{«a»: „b“, ‟c‟: ”d”}", '{"a": "b", "c": "d"}', id="other double"),
        pytest.param("{‘a’: ‘it’s’}", '{"a": "it’s"}', id="curly single and an apostrophe"),
        pytest.param('{“a": "b”}', '{"a": "b"}', id="mixed"),
        pytest.param('{"a”: "b", "c": 1}', '{"a": "b", "c": 1}', id="straight opens, curly ends"),
        pytest.param(
            '{"a":\u00a0“b\u00a0c”}', '{"a": "b\u00a0c"}', id="hard space outside a string"
        ),
        pytest.param(
            '{\u2007"a"\u202f:\u30001,\u2028"b":\u200b[2\ufeff]\u00ad}',
            '{ "a" : 1, "b":[2]}',
            id="any space and invisible character outside a string",
        ),
        pytest.param("{“a”\u200b: “b”\u2060}", '{"a": "b"}', id="the same beside curly quotes"),
        pytest.param("'\u200b{\"a\":\u200b1}'", '{"a":1}', id="the same in a shell's quotes"),
        pytest.param('```\u200b{"a": 1}\ufeff```', '{"a": 1}', id="the same in a fence"),
        pytest.param('{"a": "“b”",\u00a0"c": 1}', '{"a": "“b”", "c": 1}', id="valid string kept"),
        pytest.param('{“a”: “say “hi” or "ho"!”}', r'{"a": "say “hi” or \"ho\"!"}', id="inner"),
        pytest.param(r"{“a”: “\“b\” \n \\”}", r'{"a": "\"b\" \n \\"}', id="curled escapes"),
        pytest.param(r"{‘a’: ‘it\’s’}", '{"a": "it’s"}', id="curled escaped apostrophe"),
        pytest.param("“a=b”", '"a=b"', id="string with an equals sign"),
        pytest.param('```json\n{"a": 1}\n```', '{"a": 1}', id="fence with its language"),
        pytest.param('```{"a": “b”}```', '{"a": "b"}', id="fence on one line"),
        pytest.param('`{"a": 1}`', '{"a": 1}', id="single backticks"),
        pytest.param("""'{"a": "it's"}'""", """{"a": "it's"}""", id="quotes of a shell"),
        pytest.param("""`'["a", “b”] '`""", '["a", "b"] ', id="the same in backticks"),
        pytest.param("`a=1 b=2`", '{"a": "1", "b": "2"}', id="pairs in backticks"),
        pytest.param("a=“b c” d=“e” f=it’s", '{"a": "b c", "d": "e", "f": "it’s"}', id="pairs"),
        pytest.param("“a b”=‘c d’", '{"a b": "c d"}', id="curly quoted key"),
        pytest.param("a:=[“b, c”, “d”] e=f", '{"a": ["b, c", "d"], "e": "f"}', id="JSON of a pair"),
        pytest.param("a:='[“b”]'", '{"a": ["b"]}', id="quoted JSON of a pair"),
        pytest.param("a='“b”' c=“d”", '{"a": "“b”", "c": "d"}', id="quoted curly quotes kept"),
        pytest.param("u=<https://x.y>", '{"u": "https://x.y"}', id="link"),
        pytest.param("u='<https://x.y|my x>'", '{"u": "https://x.y"}', id="labelled link"),
        pytest.param(
            "u=<https://x.y|my x> n:=1", '{"u": "https://x.y", "n": 1}', id="with a space"
        ),
        pytest.param("u=<https://x.y?a=1&amp;b=2>", '{"u": "https://x.y?a=1&b=2"}', id="entity"),
        pytest.param("u=<http://x.y|x.y>", '{"u": "x.y"}', id="link Slack made of a bare domain"),
        pytest.param("m=<mailto:a@x.y|a@x.y>", '{"m": "a@x.y"}', id="mail address"),
        pytest.param('["&lt;",\u00a02]', '["&lt;", 2]', id="entities stay where quotes will do"),
    ],
)
def test_what_does_not_parse_is_repaired_no_more_than_needed(typed: str, sent: str):
    assert json.loads(sent)
    assert read_argument(typed) == Argument(sent, repaired=True)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param("{a: 1}", "expected a property name in double quotes", id="bare name"),
        pytest.param('{"a": 1 "b": 2}', "expected a comma or the closing bracket", id="no comma"),
        pytest.param('["a" "b"]', "expected a comma or the closing bracket", id="never merged"),
        pytest.param('{"a" 1}', "expected a colon", id="no colon"),
        pytest.param('{"a": x}', "expected a value", id="bare word"),
        pytest.param("{'a': 1}", "expected a property name in double quotes", id="straight single"),
        pytest.param('{"a": 1} x', "expected the end here", id="more behind the end"),
        pytest.param('{"a": "x', "this string is not closed", id="unclosed"),
        pytest.param("{“a”: “x}", "this string is not closed", id="unclosed curly"),
        pytest.param('["a\nb"]', "a line break or tab in a string", id="line break"),
        pytest.param(r'["\d"]', "after this", id="escape"),
        pytest.param(r'["\u12"]', "after this", id="short escape"),
        pytest.param("[1, NaN]", "NaN is not JSON", id="NaN"),
        pytest.param("-Infinity", "-Infinity is not JSON", id="infinity"),
        pytest.param("[" * 200_000, "nested too deeply", id="deep"),
        pytest.param("'5'", "expected a value", id="a number in a shell's quotes"),
        pytest.param("n:=abc", "Expected JSON after `n:=`", id="pair without JSON"),
        pytest.param('n:=NaN b="', "Expected JSON after `n:=`", id="pair with NaN"),
        pytest.param("a=1 b=2 a=3", "`a` is given twice", id="key twice"),
        pytest.param('a=1 "a"=3', "`a` is given twice", id="key twice, once quoted"),
        pytest.param('a="b c', "The value of `a` opens with a quote", id="unclosed value"),
        pytest.param('a="b"c', "The value of `a` opens with a quote", id="glued value"),
        pytest.param("Search", "JSON or `key=value` pairs", id="plain word"),
        pytest.param("Search a=1", "a value with spaces needs quotes", id="word before pairs"),
        pytest.param("a=1 Search", "a value with spaces needs quotes", id="word behind pairs"),
        pytest.param("2 fast", "JSON or `key=value` pairs", id="number before a word"),
        pytest.param("https://x.y/?a=b", "JSON or `key=value` pairs", id="an address is no pair"),
        pytest.param('"a":"b=c"', "expected the end here", id="object without brackets"),
        pytest.param("", "JSON or `key=value` pairs", id="nothing"),
    ],
)
def test_what_stands_for_nothing_is_refused_with_what_was_expected(typed: str, sentence: str):
    assert sentence in mistake(typed).sentence


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param('{"a": x}', '{"a": x}\n      ^', id="one line"),
        pytest.param(
            '{\n  "a": x,\n  "b": 1\n}', '  "a": x,\n       ^', id="the faulty line alone"
        ),
        pytest.param('{"a": "x\n"}', '{"a": "x\n        ^', id="a line break itself"),
        pytest.param('{"a":', '{"a":\n     ^', id="at the end"),
        pytest.param('{"a":\tx}', '{"a": x}\n      ^', id="behind a tab"),
        pytest.param('{"日本": x}', '{"日本": x}\n         ^', id="behind wide characters"),
        pytest.param('{"🚀": x}', '{"🚀": x}\n       ^', id="behind an emoji"),
        pytest.param('{"e\u0301": x}', '{"e\u0301": x}\n      ^', id="behind a combining mark"),
        pytest.param('{"a\u200b": x}', '{"a\ufffd": x}\n       ^', id="behind the invisible"),
        pytest.param("{“a”: x}", '{"a": x}\n      ^', id="of the repaired reading"),
        pytest.param("""'{"a": x}'""", '{"a": x}\n      ^', id="of what a shell's quotes hold"),
        pytest.param("a=1 n:=abc", "a=1 n:=abc\n       ^", id="of a pair"),
    ],
)
def test_the_faulty_line_is_shown_over_a_caret(typed: str, shown: str):
    assert mistake(typed).shown == shown


@pytest.mark.parametrize("filling", ["x", "日"], ids=["narrow", "wide"])
@pytest.mark.parametrize("before", [0, 10, 500])
@pytest.mark.parametrize("after", [0, 10, 500])
def test_a_long_line_is_cut_around_the_fault(filling: str, before: int, after: int):
    line, caret = mistake(f'["{filling * before}", ?{filling * after}').shown.split("\n")
    fault = next(n for n in range(len(line)) if width(line[:n]) == len(caret) - 1)
    assert line[fault] == "?"
    assert width(line) <= 62
    assert (line[0] == "…") == (before == 500)
    assert (line[-1] == "…") == (after == 500)


def test_a_fault_near_the_end_of_a_line_leaves_the_room_to_what_stands_before():
    line, _ = mistake('["' + "x" * 500 + '", ?').shown.split("\n")
    assert len(line) == 61


def test_neither_repr_nor_message_holds_what_was_typed():
    shown = [
        repr(read_argument('{"cookie": "hush"}')),
        str(mistake("cookie:=hush")),
        str(mistake('{"cookie": hush}')),
        str(mistake("cookie='hush")),
    ]
    assert not [text for text in shown if "hush" in text]


def test_a_mistake_carries_no_other_exception_with_it():
    caught = mistake('{"a": x}')
    assert (caught.__cause__, caught.__context__) == (None, None)


@pytest.mark.parametrize(
    "typed",
    ["“" * 8000, "“a”=" * 2000, '"' * 7999, "a=“" * 3000, "a:=[ " * 2000, "<https://x|" * 900],
    ids=["quotes", "keys", "straight", "values", "brackets", "links"],
)
def test_no_text_takes_long(typed: str):
    def read(times: int) -> None:
        with suppress(UsageError):
            read_argument(typed * times)

    assert grows_linearly(read)


@given(st.text() | st.text("{}[]\"“”‘’',:=\\ \n`<>|&;a1"))
def test_any_text_is_read_as_json_or_refused(typed: str):
    try:
        found = read_argument(typed)
    except UsageError:
        return
    json.loads(found.text, parse_int=str)


@given(values(words), st.sampled_from([{}, {"indent": 2}, {"ensure_ascii": False}]))
def test_json_with_curly_quotes_is_repaired_to_the_same_value(value: Any, style: dict[str, Any]):
    straight = json.dumps(value, **style)
    parts = straight.split('"')
    curly = parts[0] + "".join("“”"[n % 2] + part for n, part in enumerate(parts[1:]))
    found = read_argument(curly)
    assert json.loads(found.text) == value
    assert found.repaired == ('"' in straight)


keys = st.text(st.characters(codec="utf-8"), max_size=8)


def quoted(text: str) -> str:
    """Return it as it would be typed: in double quotes, with quotes and backslashes escaped."""
    escaped = "".join("\\" + char if char in '"“”„‟«»\\' else char for char in text)
    return f'"{escaped}"'


@given(st.dictionaries(keys, keys | st.integers() | st.booleans() | st.none(), min_size=1))
def test_pairs_say_the_same_as_the_object_they_stand_for(pairs: dict[str, Any]):
    typed = " ".join(
        f"{quoted(key)}={quoted(value)}"
        if isinstance(value, str)
        else f"{quoted(key)}:={json.dumps(value)}"
        for key, value in pairs.items()
    )
    found = read_argument(typed)
    assert json.loads(found.text) == pairs
