# ruff: noqa: RUF001 - the quotes and dashes that keyboards make are what is tested
import json
from contextlib import suppress
from typing import Any

import pytest
from growth import grows_linearly
from hypothesis import given
from hypothesis import strategies as st

from phantombot.commands import ACTIONS, names, specs
from phantombot.commands.help import Help
from phantombot.commands.key import Key, KeyRemoval, KeyTyped
from phantombot.commands.launch import USAGE_HINT
from phantombot.commands.launch_line import Launch
from phantombot.commands.parse import parse
from phantombot.commands.spec import other_words
from phantombot.errors import UsageError
from phantombot.text.normalize import folded
from phantombot.text.tokens import first_word

OTHERS = other_words(specs())


def launch(agent: str, argument: str | None = None, **other: Any) -> Launch:
    given_by_default = {"quoted": False, "command": None, "save": False, "repaired": False}
    return Launch(agent=agent, argument=argument, **(given_by_default | other))


def mistake(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(text)
    return caught.value.sentence


@pytest.mark.parametrize(
    ("text", "command"),
    [
        pytest.param("", Help(None), id="nothing"),
        pytest.param(" \u00a0\n", Help(None), id="only spaces"),
        pytest.param("HELP", Help(None), id="help"),
        pytest.param("help Launch", Help("launch"), id="help with a command"),
        pytest.param("help\u00a0key please", Help("key"), id="help with more words"),
        pytest.param("Key", Key(), id="key"),
        pytest.param("key\n REMOVE ", KeyRemoval(), id="key remove"),
        pytest.param("key abc", KeyTyped(), id="a key behind key"),
        pytest.param("key remove abc", KeyTyped(), id="more behind key remove"),
        pytest.param("key=abc", KeyTyped(), id="a key glued to key"),
    ],
)
def test_help_and_key_are_read(text: str, command: object):
    assert parse(text) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        pytest.param("launch 785", launch("785"), id="id"),
        pytest.param("LAUNCH\u00a0785\n", launch("785"), id="any case, any whitespace"),
        pytest.param("launch it's", launch("it's"), id="apostrophe in a word"),
        pytest.param('launch "casperjs"', launch("casperjs", quoted=True), id="quoted"),
        pytest.param("launch 785 CasperJS", launch("785", command="casperjs"), id="command"),
        pytest.param("launch 785 phantomjs 5", launch("785", "5", command="phantomjs"), id="both"),
        pytest.param('launch 785 {"a":1}', launch("785", '{"a":1}'), id="argument alone"),
        pytest.param('launch 785 "casperjs"', launch("785", '"casperjs"'), id="quoted argument"),
        pytest.param("launch casperjs", launch("casperjs"), id="a name like a command"),
        pytest.param("launch\u202f７８５\u200b", launch("785"), id="full-width digits"),
        pytest.param("launch #785", launch("#785"), id="a sign makes a name of it"),
        pytest.param(
            "launch 785\u200b\u3000CASPERJS\ufeff {}",
            launch("785", "{}", command="casperjs"),
            id="any space, invisible characters",
        ),
        pytest.param("launch 785 -5", launch("785", "-5"), id="a negative number is no flag"),
        pytest.param('launch 785 "--x"', launch("785", '"--x"'), id="a quoted dash is no flag"),
        pytest.param(
            "launch 785 casperjs a=b n:=1",
            launch("785", '{"a": "b", "n": 1}', command="casperjs"),
            id="pairs",
        ),
        pytest.param(
            "launch 785 {“a”: 1}", launch("785", '{"a": 1}', repaired=True), id="repaired"
        ),
        pytest.param(
            'launch 785\ncasperjs\u00a0{"a": \n"--save  casperjs"}',
            launch("785", '{"a": \n"--save  casperjs"}', command="casperjs"),
            id="what the argument holds is left alone",
        ),
    ],
)
def test_a_launch_is_read(text: str, command: Launch):
    assert parse(text) == command


@pytest.mark.parametrize(
    "quoted",
    [
        '"{}"',
        "'{}'",
        "“{}”",
        "”{}”",
        "„{}“",
        "‘{}’",
        "‚{}‘",
        "«{}»",
        "»{}«",
        "‹{}›",
        '“{}"',
        '" {} "',
    ],
)
@pytest.mark.parametrize("rest", ["", " casperjs [1]", "\n--save\u00a0phantomjs"])
def test_an_agent_of_several_words_stands_in_quotes_of_any_kind(quoted: str, rest: str):
    command = parse(f"launch {quoted.format('LinkedIn  Search')}{rest}")
    assert isinstance(command, Launch)
    assert (command.agent, command.quoted) == ("LinkedIn  Search", True)


def test_an_apostrophe_within_single_quotes_is_a_part_of_the_name():
    assert parse("launch 'Bob's agent'") == launch("Bob's agent", quoted=True)


@pytest.mark.parametrize("flag", ["--save", "—save", "–save", "--SAVE", "—Save"])
@pytest.mark.parametrize(
    "text", ["launch {} 785 casperjs 1", "launch 785 {} casperjs 1", "launch 785 casperjs {} 1"]
)
def test_the_save_flag_stands_anywhere_before_the_argument(text: str, flag: str):
    assert parse(text.format(flag)) == launch("785", "1", command="casperjs", save=True)


@pytest.mark.parametrize("flag", ["--save", "—save", "–SAVE"])
@pytest.mark.parametrize(
    "text",
    ['launch 785 {{"a": "b c"}} {}', "launch 785 casperjs a=“b c” {}", "launch 785 a=1 {} b=2"],
    ids=["behind JSON", "behind pairs", "between pairs"],
)
def test_a_flag_behind_the_argument_is_told_to_stand_before_it(text: str, flag: str):
    assert (
        mistake(text.format(flag)) == "The flag `--save` stands before the argument: move it there."
    )


@pytest.mark.parametrize(
    "text",
    ['launch 785 {"a": x} --save', "launch LinkedIn Search --save", 'launch 785 {"a": " --save }'],
    ids=["no JSON either", "no argument", "in an open string"],
)
def test_a_flag_is_not_blamed_for_what_is_wrong_without_it(text: str):
    assert "Flags" not in mistake(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("launch --save", "Usage: `/phantom launch <agent>", id="no agent"),
        pytest.param("launch --save", "Usage: `/phantom launch <agent>", id="a flag alone"),
        pytest.param('launch " " 1', "Usage: `/phantom launch <agent>", id="an empty name"),
        pytest.param('launch {"a": 1}', "Name the agent first", id="object first"),
        pytest.param("launch [1]", "Name the agent first", id="list first"),
        pytest.param("launch url=https://x.y", "Name the agent first", id="pair first"),
        pytest.param('launch "LinkedIn Search', "quote before the agent's name", id="unclosed"),
        pytest.param('launch "785"{"a": "b" }', "quote before the agent's name", id="glued"),
        pytest.param("launch 785 --save", "nothing to save", id="nothing to save"),
        pytest.param("launch 785 --safe 1", "`--safe`. Did you mean `--save`?", id="flag"),
        pytest.param("launch 785 —Safe 1", "`--safe`. Did you mean `--save`?", id="em dash"),
        pytest.param("launch –x 785", "`--x`. Did you mean `--save`?", id="flag before the agent"),
        pytest.param("launch 785 --save=1 2", "takes no value", id="flag with a value"),
        pytest.param('launch 785 "x', "this string is not closed", id="a quote behind an id"),
        pytest.param("launch casperjs 785", "Name the agent first, then the command", id="swapped"),
        pytest.param("launch 785 casperjs {a}", "expected a property name", id="argument"),
        pytest.param("lanch 785", "`lanch`. Did you mean `/phantom launch`?", id="nearest launch"),
        pytest.param("KEYS", "`KEYS`. Did you mean `/phantom key`?", id="nearest key"),
        pytest.param("hepl", "`hepl`. Did you mean `/phantom help`?", id="nearest help"),
        pytest.param(
            "help lanch", "Did you mean `/phantom help launch`?", id="help of the nearest"
        ),
        pytest.param("help xyz", "`xyz`. `/phantom help` lists", id="help of nothing"),
        pytest.param("frobnicate", "`frobnicate`. `/phantom help` lists", id="unknown"),
        pytest.param("785", "Did you mean `/phantom launch 785 …`?", id="digits"),
        pytest.param("helper casperjs", "`/phantom launch helper …`?", id="command behind"),
        pytest.param("My {", "`/phantom launch My …`?", id="object behind"),
        pytest.param("My —save", "`/phantom launch My …`?", id="flag behind"),
        pytest.param("“My agent” x", '`/phantom launch "My agent" …`?', id="quoted name"),
        pytest.param("“” x", "`/phantom launch <agent> …`?", id="quoted nothing"),
        pytest.param("{} 785", "`/phantom launch <agent> …`?", id="object"),
        pytest.param("x`y`", "I don't know `xy`.", id="backticks removed"),
    ],
)
def test_a_mistake_is_answered_with_what_was_meant(text: str, sentence: str):
    assert sentence in mistake(text)


@pytest.mark.parametrize(
    "text",
    [
        '785 {"cookie": "hush"}',
        "785 casperjs cookie=hush",
        '{"cookie":"hush"}',
        "cookie=hush 785",
        '"hush0123456789012345678901234567890123456789"',
        "hush0123456789012345678901234567890123456789",
        "kye hush",
        "launch cookie=hush",
        'launch "785"{"cookie": "hush" }',
        "launch 785 --cookie=hush",
        "launch 785 cookie:=hush",
        'launch 785 {"cookie": hush}',
    ],
)
def test_what_may_be_a_secret_is_not_echoed(text: str):
    assert "hush" not in mistake(text)


def test_no_more_than_a_little_of_what_was_typed_is_echoed():
    assert len(mistake("launch 785 --" + "x" * 4000)) < 120


NAME = "LinkedIn Search"


@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        ("", {}),
        (" casperjs", {"command": "casperjs"}),
        (' casperjs {"a": 1}', {"command": "casperjs", "argument": '{"a": 1}'}),
        (' {"a": 1}', {"argument": '{"a": 1}'}),
        (" [1]", {"argument": "[1]"}),
        (' "x"', {"argument": '"x"'}),
        (" url=https://x.y", {"argument": '{"url": "https://x.y"}'}),
        (" n:=1", {"argument": '{"n": 1}'}),
        (' ```{"a": 1}```', {"argument": '{"a": 1}', "repaired": True}),
        (""" '{"a": 1}'""", {"argument": '{"a": 1}', "repaired": True}),
        (' --save {"a":1}', {"argument": '{"a":1}', "save": True}),
        (" —save phantomjs", {"command": "phantomjs", "save": True}),
        (" phantomjs 5", {"command": "phantomjs", "argument": "5"}),
    ],
)
@pytest.mark.parametrize(
    "name", [NAME, "2024 leads export", "Top 10", "Bob's “hot” leads", "A – B"]
)
def test_a_name_of_several_words_needs_no_quotes(name: str, behind: str, expected: dict[str, Any]):
    assert parse(f"launch {name}{behind}") == launch(name, **expected)


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("launch 785 firefox", "785 firefox"),
        ("launch ７８５ firefox", "785 firefox"),
        ('launch 785 caspejs {"a": 1}', "785 caspejs"),
        ("launch LinkedIn\u00a0\u200b Search", NAME),
        ("launch --save LinkedIn Search {}", NAME),
        ('launch 7 "days" ago', None),
        ('launch Top "days" ago', 'Top "days" ago'),
    ],
)
def test_what_is_no_command_nor_argument_belongs_to_the_name(text: str, agent: str | None):
    if agent is None:
        assert "expected the end here" in mistake(text)
    else:
        command = parse(text)
        assert isinstance(command, Launch)
        assert (command.agent, command.quoted) == (agent, False)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("cancel 785", "stop 785"),
        ("KILL LinkedIn Search", "stop LinkedIn Search"),
        ("abort 785", "stop 785"),
        ("start 785 casperjs {}", "launch 785 casperjs {}"),
        ("run", "launch"),
        ("exec 785", "launch 785"),
        ("history", "runs"),
        ("ls linkedin", "agents linkedin"),
        ("list", "agents"),
        ("phantoms", "agents"),
        ("settings", "access"),
        ("permissions", "access"),
        ("config", "access"),
        ("logs 785", "output 785"),
        ("ps", "status"),
        ("aliases", "alias"),
        ("token abc", "key abc"),
        ("api-key=abc", "key=abc"),
        ("ｌａｕｎｃｈ 785", "launch 785"),
        ("-h", "help"),
        ("--help", "help"),
        ("—help", "help"),
        ("-help", "help"),
        ("?", "help"),
        ("help --help", "help"),
        ("help kill", "help stop"),
        ("launch --help", "help launch"),
        ("launch -h", "help launch"),
        ("launch 785 casperjs --help", "help launch"),
        ("kill -h", "help stop"),
        ("key -h", "help key"),
        ("status ?", "help status"),
    ],
)
def test_words_of_other_tools_are_read_as_the_commands_they_mean(text: str, same: str):
    assert parse(text) == parse(same)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("histroy", "runs"),
        ("cancle 785", "stop"),
        ("setings", "access"),
        ("strat 785", "launch"),
        ("help permisions", "help access"),
    ],
)
def test_a_mistyped_word_of_other_tools_leads_to_the_command_it_means(text: str, meant: str):
    assert f"Did you mean `/phantom {meant}`?" in mistake(text)


def test_no_word_of_other_tools_is_a_command_itself():
    assert not OTHERS.keys() & set(names())
    assert len(OTHERS) == sum(len(spec.others) for spec in specs())


def test_a_command_behind_the_argument_is_told_to_stand_before_it():
    assert mistake('launch 785 {"a": 1} casperjs') == (
        "`casperjs` stands before the argument: move it there."
    )


@pytest.mark.parametrize("filling", ['"', '" ', "a ", "{ ", "“ ", "1 ", "\u200b ", "\u200b"])
def test_a_line_costs_no_more_than_its_length(filling: str):
    def read(times: int) -> None:
        for begun in ("launch 785 ", "launch a ", "alias a b "):
            with suppress(UsageError):
                parse(begun + filling * (times * 900 // len(filling)))

    assert grows_linearly(read)


def test_the_repr_of_a_launch_hides_its_argument():
    assert "hush" not in repr(parse('launch 785 {"cookie": "hush"}'))


def test_the_hint_shows_a_command_of_the_table():
    assert parse(f"help {USAGE_HINT}") == Help(names()[0])


WORDS = [
    *(
        "launch",
        "LAUNCH",
        "help",
        "key",
        "remove",
        "785",
        "casperjs",
        "phantomjs",
        "--save",
        "—save",
    ),
    *(
        "–x",
        '"',
        "“",
        "”",
        "'",
        "‹",
        "a=1",
        "\u200b",
        "\u3000",
        "firefox",
        "７８５",
        "-h",
        "b:=",
        '{"a":1}',
        "{“a”:",
        "[",
        "\u00a0",
        "\n",
        " ",
        "`",
    ),
]
texts = st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join)
texts |= st.lists(st.sampled_from(WORDS)).map("".join) | texts.map(lambda text: f"launch {text}")


@given(texts)
def test_any_text_is_a_command_or_mistyped(text: str):
    try:
        command = parse(text)
    except UsageError:
        return
    assert type(command) in ACTIONS
    if isinstance(command, Launch):
        word = folded(first_word(text)[0])
        assert OTHERS.get(word, word) == "launch"
        assert command.agent
        json.loads(command.argument or "null", parse_int=str)


strings = st.text() | st.sampled_from(
    ["payload", "casperjs", "--save", "“a”: ‘b’", "a=b", "<https://x.y|x>"]
)
scalars = st.none() | st.booleans() | st.integers() | strings
scalars |= st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(strings, inner, max_size=4),
    max_leaves=10,
)


styles = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 0, 2, "\t"]),
        "ensure_ascii": st.booleans(),
        "separators": st.sampled_from([None, (",", ":"), (" ,\n", "\t: ")]),
    }
)


@given(values, styles)
def test_json_reaches_the_launch_byte_for_byte(value: Any, style: dict[str, Any]):
    typed = json.dumps(value, **style)
    assert parse(f"launch 785 casperjs {typed}") == launch("785", typed, command="casperjs")


def test_a_nul_which_no_database_keeps_is_refused():
    with pytest.raises(UsageError, match="NUL"):
        parse("launch a\0b")
