"""The list of agents, and what is found in it as somebody types."""

import pytest
from fakes import Clock
from hypothesis import given
from hypothesis import strategies as st

from phantombot.access.rules import Rules
from phantombot.agents.agent_list import AgentList, agent_list_of
from phantombot.phantombuster.api import Account, Agent, Progress

NAMES = {
    "785": "LinkedIn Search",
    "786": "linkedin  export",
    "908": "Hello World",
    "1785": "Sales Navigator for LinkedIn",
    "42": "Export 785",
    "43": "",
}


def agent(agent_id: str, name: str) -> Agent:
    progress = Progress(0.5, "cookie=hush", 3)
    return Agent(agent_id, name, 1, 0, progress, "success", "said hush")


def agent_list(names: dict[str, str] = NAMES) -> AgentList:
    account = Account(tuple(agent(*one) for one in names.items()), 14087)
    return agent_list_of(account, Clock()())


def found(typed: str, rules: Rules | None = None) -> list[str]:
    return [agent.id for agent in agent_list().found(typed, rules or Rules())]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("", ["43", "42", "908", "786", "785", "1785"]),
        (" ", ["43", "42", "908", "786", "785", "1785"]),
        ("785", ["785", "42"]),
        ("78", ["786", "785", "42"]),
        ("LINKED", ["786", "785", "1785"]),
        ("linkedin\u00a0search", ["785"]),
        ("\u200bLinkedIn\u3000Ｓearch", ["785"]),  # noqa: RUF001 - full width
        ("７８５", ["785", "42"]),  # noqa: RUF001 - full width
        ("search linkedin", ["785"]),
        ("export", ["42", "786"]),
        ("avig", ["1785"]),
        ("nothing", []),
    ],
)
def test_the_likeliest_come_first_and_the_rest_by_name(typed: str, ids: list[str]):
    assert found(typed) == ids


def test_what_may_not_be_launched_is_not_found():
    assert found("", Rules(agents=("786", "HELLO world"))) == ["908", "786"]


def test_what_a_script_says_of_itself_is_left_out():
    assert "hush" not in repr(agent_list())


def test_an_agent_is_known_by_its_id():
    assert agent_list().agent("785").name == "LinkedIn Search"
    assert agent_list().agent("99") is None


@given(st.text(max_size=20))
def test_whatever_is_typed_finds_each_agent_once_at_most(typed: str):
    ids = found(typed)
    assert len(ids) == len(set(ids))
