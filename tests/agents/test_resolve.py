# ruff: noqa: RUF001 - the quotes, dashes and digits that people type are what is tested
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.agents.resolve import entry_meant, find_agent, nearest, stray_command
from phantombot.errors import AgentAmbiguous, AgentUnknown
from phantombot.phantombuster.api import Agent
from phantombot.text.normalize import folded


def agent(agent_id: str, name: str) -> Agent:
    return Agent(agent_id, name, 0, 0, None, None, None)


def account(*names: str) -> list[Agent]:
    """Return agents of these names, numbered from 1."""
    return [agent(str(number), name) for number, name in enumerate(names, 1)]


AGENTS = [
    agent("785", "LinkedIn Search"),
    agent("786", "LinkedIn Search Export"),
    agent("787", "Twitter"),
    agent("788", "2014 Campaign"),
    agent("2014", "Straße  nach Köln"),
    agent("789", "785"),
    agent("790", "Mail"),
    agent("791", "MAIL"),
]


@pytest.mark.parametrize(
    ("typed", "quoted", "expected"),
    [
        pytest.param("785", False, "785", id="an id"),
        pytest.param("785", True, "789", id="quoted digits are a name"),
        pytest.param("2014", False, "2014", id="an id beats the beginning of a name"),
        pytest.param("2014", True, "788", id="quoted digits are a beginning too"),
        pytest.param("788", True, None, id="quoted digits are never an id"),
        pytest.param("LinkedIn Search", True, "785", id="the whole name beats a beginning"),
        pytest.param("linkedin SEARCH", True, "785", id="in any case"),
        pytest.param("STRASSE nach köln", True, "2014", id="in any case of any letter"),
        pytest.param("  LinkedIn \t Search\u00a0", True, "785", id="with any white space"),
        pytest.param("LinkedIn Search E", True, "786", id="a unique beginning"),
        pytest.param("tw", False, "787", id="a unique beginning without quotes"),
        pytest.param("Search", False, None, id="a word inside is no beginning"),
        pytest.param("999", False, None, id="a number that is nobody's"),
        pytest.param("20", False, None, id="digits alone are no beginning of a name"),
        pytest.param("٧٨٥", False, None, id="digits of another script are no id"),
    ],
)
def test_one_agent_is_found_by_id_name_or_beginning(typed: str, quoted: bool, expected: str | None):
    if expected is None:
        with pytest.raises(AgentUnknown):
            find_agent(typed, AGENTS, quoted=quoted)
    else:
        assert find_agent(typed, AGENTS, quoted=quoted).id == expected


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        pytest.param("mail", (("790", "Mail"), ("791", "MAIL")), id="one name, in two cases"),
        pytest.param(
            "link",
            (("785", "LinkedIn Search"), ("786", "LinkedIn Search Export")),
            id="one beginning",
        ),
    ],
)
def test_several_agents_are_listed_and_none_is_chosen(typed: str, candidates: Any):
    with pytest.raises(AgentAmbiguous) as refused:
        find_agent(typed, AGENTS)
    assert refused.value.candidates == candidates


def test_of_many_agents_five_are_listed():
    with pytest.raises(AgentAmbiguous) as refused:
        find_agent("agent", account(*(f"Agent {number}" for number in range(1, 9))))
    assert [name for _, name in refused.value.candidates] == [f"Agent {n}" for n in range(1, 6)]


@pytest.mark.parametrize(
    ("typed", "names", "expected"),
    [
        pytest.param("Twiter", ["Mail", "Twitter"], ["Twitter"], id="a letter is missing"),
        pytest.param(
            "Scraper", ["Web Scrapers", "Scrapper"], ["Web Scrapers", "Scrapper"], id="inside first"
        ),
        pytest.param(
            "serch",
            ["Sketch", "Search", "LinkedIn Search"],
            ["Search", "LinkedIn Search", "Sketch"],
        ),
        pytest.param("TWITER", ["twitter"], ["twitter"], id="in any case"),
        pytest.param("completely", ["Mail", "Twitter"], [], id="nothing is near"),
    ],
)
def test_what_may_have_been_meant_comes_closest_first(
    typed: str, names: list[str], expected: list[str]
):
    agents = account(*names)
    assert [name for _, name in nearest(typed, agents)] == expected
    with pytest.raises(AgentUnknown) as refused:
        find_agent(typed, agents)
    assert refused.value.candidates == nearest(typed, agents)


def test_a_mistyped_id_suggests_the_id_that_is_nearest():
    assert nearest("7850", [agent("785", "A"), agent("11", "B")]) == (("785", "A"),)


@pytest.mark.parametrize("typed", ["785", "LinkedIn Search", "", "\U0001f600"])
@pytest.mark.parametrize("quoted", [False, True])
def test_in_an_empty_account_there_is_no_agent(typed: str, quoted: bool):
    with pytest.raises(AgentUnknown) as refused:
        find_agent(typed, [], quoted=quoted)
    assert refused.value.candidates == ()


@given(st.text(max_size=30), st.lists(st.text(max_size=20), max_size=8), st.booleans())
def test_whatever_is_typed_an_agent_of_the_account_is_found_or_it_is_refused(
    typed: str, names: list[str], quoted: bool
):
    agents = account(*names)
    try:
        found, candidates = [find_agent(typed, agents, quoted=quoted)], ()
    except (AgentAmbiguous, AgentUnknown) as refused:
        found, candidates = [], refused.candidates
    assert all(agent in agents for agent in found)
    assert len(candidates) <= 5
    assert set(candidates) <= {(agent.id, agent.name) for agent in agents}


@given(st.text(min_size=1, max_size=20).filter(folded), st.data())
def test_an_agent_of_a_name_of_its_own_is_found_by_that_name(name: str, data: st.DataObject):
    others = data.draw(st.lists(st.text(max_size=9).map(lambda text: f"{text}x{name}"), max_size=4))
    agents = account(name, *others)
    assert find_agent(f" {name} ", agents, quoted=True) == agents[0]


@pytest.mark.parametrize("agents", [[], [agent("785", "LinkedIn Search")]])
@pytest.mark.parametrize("typed", ["", " ", "\u200b", "\ufeff \u00ad", "\U0001f3fd"])
def test_what_nobody_sees_names_no_agent(typed: str, agents: list[Agent]):
    with pytest.raises(AgentUnknown):
        find_agent(typed, agents)


NAMED = 'Bob\'s Größe - 2 🚀 "R&D"'
SAME = {
    "'": "'’‘`´ʼ",
    "-": "-–—−‐‑",
    " ": " \u00a0\u202f\u3000\u2009\t",
    '"': '"“”„«',
    "2": "2２",
    "&": ("&", "&amp;", "＆"),
    "🚀": ("🚀", ":rocket:", "🚀\ufe0f"),
}


@st.composite
def typings(draw: st.DrawFn) -> str:
    """Return the name as people and their keyboards might type it."""
    typed = ""
    for char in NAMED:
        form = draw(st.sampled_from(SAME.get(char, (char.upper(), char.lower()))))
        typed += form + draw(st.sampled_from(["", "", "", "\u200b", "\ufeff", "\u00ad"]))
    return unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), typed)


@given(typings())
def test_a_name_is_found_however_it_is_typed(typed: str):
    agents = [agent("1", NAMED), agent("2", f"{NAMED} too"), agent("3", "Bob")]
    assert find_agent(typed, agents) == agents[0]
    assert find_agent(NAMED, [agent("4", typed)]) == agent("4", typed)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("785 firefox", ("785", "firefox"), id="behind an id"),
        pytest.param("99999 caspejs", ("99999", "caspejs"), id="behind an id nobody listed"),
        pytest.param("７８５ Node", ("785", "Node"), id="behind an id in full width"),
        pytest.param("linkedin search firefox", ("linkedin search", "firefox"), id="a name"),
        pytest.param("LinkedIn Search Daily", ("LinkedIn Search", "Daily"), id="any word"),
        pytest.param("twit caspejs", ("twit", "caspejs"), id="a unique beginning"),
        pytest.param("twit Serach", None, id="maybe a mistyped word of the name"),
        pytest.param("mail firefox", None, id="several of that name"),
        pytest.param("firefox", None, id="one word"),
        pytest.param("no such firefox", None, id="no agent"),
        pytest.param("785 fire fox", None, id="two words behind an id"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_word_behind_the_agent_stands_where_the_command_does(
    typed: str, expected: tuple[str, str] | None
):
    assert stray_command(typed, AGENTS) == expected


def test_behind_an_id_no_list_of_agents_is_needed():
    assert stray_command("785 firefox", []) == ("785", "firefox")
    assert stray_command("LinkedIn firefox", []) is None


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("785", "785"),
        ("linkedin search", "785"),
        ("LinkedIn Search (785)", "785"),
        ("Renamed since (786)", "786"),
        ("tw", "787"),
        ("Gone at Phantombuster (999)", "999"),
        ("999", "999"),
        ("GONE by name", "Gone by name"),
    ],
)
def test_a_line_of_a_list_means_an_agent_or_stays_what_it_was(entry: str, meant: str):
    assert entry_meant(entry, AGENTS, ("999", "Gone by name")) == meant


def test_a_line_that_means_no_agent_is_refused_with_the_nearest():
    with pytest.raises(AgentUnknown) as caught:
        entry_meant("Twiter", AGENTS, ())
    assert caught.value.candidates == (("787", "Twitter"),)
    with pytest.raises(AgentAmbiguous):
        entry_meant("mail", AGENTS, ())
