from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phantombot.agents.alias import LONGEST, may_be_alias, stored_as
from phantombot.commands import names
from phantombot.commands.alias import Alias, Aliases, Unalias
from phantombot.commands.launch_line import Launch
from phantombot.commands.parse import parse
from phantombot.errors import UsageError
from phantombot.text.normalize import folded, trimmed


def mistake(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(text)
    return caught.value.sentence


def test_an_alias_is_a_word_and_a_launch():
    launch = Launch("LinkedIn Search", True, "casperjs", False, '{"a": 1}', False)  # noqa: FBT003 - as its fields stand
    assert parse('alias Leads “LinkedIn Search” casperjs {"a": 1}') == Alias("Leads", launch)
    bare = replace(launch, quoted=False)
    assert parse('alias Leads LinkedIn Search casperjs {"a": 1}') == Alias("Leads", bare)


def test_the_word_alone_lists_and_unalias_takes_one_word():
    assert parse("alias  ") == Aliases()
    assert parse("UNALIAS Leads") == Unalias("Leads")
    assert parse("unalias\u3000Leads\u200b") == Unalias("Leads")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("alias leads", "Which agent? Usage: `/phantom alias"),
        ('alias leads {"a": 1}', "Name the agent first"),
        ('alias leads " "', "no agent's name. Usage: `/phantom alias"),
        ("alias leads 785 --save", "leave `--save` out"),
        ("alias leads 785 casperjs {a}", "expected a property name"),
        ("alias 785 LinkedIn", "with a letter among them"),
        ("alias ٧٨٥ LinkedIn", "with a letter among them"),
        ("alias --x 785", "An alias is one word"),
        ("alias “leads” 785", "An alias is one word"),
        ("alias <@U1> 785", "An alias is one word"),
        ("alias a=b 785", "An alias is one word"),
        (f"alias {'x' * (LONGEST + 1)} 785", f"at most {LONGEST} letters"),
        ("alias Launch 785", "`launch` is a word of mine"),
        ("alias abort 785", "`abort` is a word of mine"),
        ("alias CasperJS 785", "`casperjs` is a word of mine"),
        ("unalias", "Which alias?"),
        ("unalias a b", "Which alias?"),
    ],
)
def test_what_may_not_be_an_alias_is_answered_with_what_may(text: str, sentence: str):
    assert sentence in mistake(text)


@pytest.mark.parametrize("text", ["alias cookie=hush 785", 'alias {"hush":1}', "alias hush! 785"])
def test_what_may_be_a_secret_is_not_echoed(text: str):
    assert "hush" not in mistake(text)


@pytest.mark.parametrize("name", names())
def test_no_name_of_a_subcommand_may_be_an_alias(name: str):
    assert f"`{name}` is a word of mine" in mistake(f"alias {name.upper()} 785")


@pytest.mark.parametrize("word", ["leads", "Größe", "सर्च", "a", "q4-2026", "x.y_z", "リード"])
def test_words_of_any_script_may_be(word: str):
    assert may_be_alias(word)
    assert isinstance(parse(f"alias {word} 785"), Alias)


def test_case_and_the_way_a_letter_is_composed_make_no_difference():
    assert folded("Größe") == folded("GRO\u0308SSE".replace("SS", "ß")) == "grösse"


@pytest.mark.parametrize("word", ["history", "kill", "run", "list", "settings"])
def test_other_words_for_commands_may_still_be(word: str):
    assert may_be_alias(word)
    assert isinstance(parse(f"alias {word} 785"), Alias)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("LEADS", ("leads",)), ("A--B", ("a--b", "a-b")), ("Ａ１", ("ａ１", "a1"))],  # noqa: RUF001 - full width
)
def test_a_word_is_looked_for_as_earlier_releases_stored_it_too(
    typed: str, stored: tuple[str, ...]
):
    assert stored_as(f"{typed}\u200b") == stored


@given(st.text(max_size=40))
@example("A\0")
def test_whatever_may_be_an_alias_is_read_as_an_agents_bare_word(word: str):
    if may_be_alias(word):
        launch = parse(f"launch {word}")
        assert isinstance(launch, Launch)
        assert (launch.agent, launch.quoted) == (trimmed(word), False)
        assert may_be_alias(folded(word))
        assert folded(folded(word)) == folded(word)
