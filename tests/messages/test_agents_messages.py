"""The account's agents a page at a time, and a channel's aliases."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.agents.alias import MOST, ShortName
from phantombot.agents.aliases import AliasList, AliasSet
from phantombot.commands.status import Agents
from phantombot.listeners.actions import page_meant
from phantombot.messages.agents import PAGE, agents_message
from phantombot.messages.aliases import alias_list, alias_removed, alias_set, no_alias
from phantombot.messages.blocks import SECTION_LIMIT, Message
from phantombot.phantombuster.api import Agent, Progress
from phantombot.runs.output import FoundAgents

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LEADS = ShortName("leads", "785", "LinkedIn Search", "U1", NOW, keeps=False)


def account(count: int, name: str = "Agent") -> FoundAgents:
    agents = (
        Agent(str(10**15 + n), f"{name} {n:04}", n % 2, 0, None, "success", None)
        for n in range(count)
    )
    return FoundAgents(tuple(agents), count)


def shown(message: Message) -> str:
    return "\n".join(block["text"]["text"] for block in message.blocks if "text" in block)


def buttons(message: Message) -> dict[str, str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return {button["text"]["text"]: button["value"] for row in rows for button in row}


def fits(message: Message) -> bool:
    texts = [block["text"]["text"] for block in message.blocks if "text" in block]
    return (
        0 < len(message.blocks) <= 50
        and 0 < len(message.text) <= 4000
        and all(0 < len(text) <= SECTION_LIMIT for text in texts)
        and all(0 < len(value) <= 2000 for value in buttons(message).values())
    )


def test_each_agent_shows_its_name_id_state_and_last_end():
    agents = (
        Agent("785", "LinkedIn <Search>", 0, 0, None, "success", "said of its last run"),
        Agent("786", "Twitter", 2, 1, Progress(0.5, "Page 3", 1), "error", None),
        Agent("787", "Mail", 0, 1, None, None, None),
    )
    assert shown(agents_message(FoundAgents(agents, 9), "i", 0)) == (
        "3 agents with “i” in its name or id:\n"
        "• LinkedIn &lt;Search&gt; (785) · not running\nLast run: success\n"
        "▶️ Twitter (786) · 2 running and 1 queued\nLast run: error\n"
        "⏳ Mail (787) · queued"
    )


def test_two_thousand_agents_are_walked_through_to_the_last_and_back():
    roll, page, seen = account(2000, "&" * 90), 0, []
    while True:
        message = agents_message(roll, "x y", page)
        assert fits(message)
        seen += [line for line in shown(message).splitlines() if " · " in line]
        if "Next" not in buttons(message):
            break
        assert page_meant(buttons(message)["Next"]) == Agents("x y", page + 1)
        page += 1
    assert (page + 1, len(seen), len(set(seen))) == (2000 // PAGE, 2000, 2000)
    assert page_meant(buttons(message)["Previous"]) == Agents("x y", page - 1)


def test_the_head_says_which_of_how_many_are_shown():
    assert shown(agents_message(account(2000), "", 99)).startswith("1,981-2,000 of 2,000 agents:")
    assert shown(agents_message(account(1), "", 0)).startswith("1 agent:")


def test_a_page_that_is_no_more_is_the_last_one():
    message = agents_message(account(PAGE + 1), "", 7)
    assert list(buttons(message)) == ["Previous"]
    assert shown(message).startswith("21-21 of 21 agents:")


@pytest.mark.parametrize(
    ("roll", "said"),
    [
        (FoundAgents((), 0), "The account has no agents yet."),
        (
            FoundAgents((), 3),
            "None of the account's 3 agents has “&lt;!here&gt;” in its name or id.",
        ),
    ],
)
def test_nothing_to_list_is_said(roll: FoundAgents, said: str):
    assert said in shown(agents_message(roll, "<!here>", 0))


@given(st.text(max_size=30))
def test_whatever_a_buttons_value_is_it_names_a_page(value: str):
    assert 0 <= page_meant(value).page < 100_000


def test_a_full_channels_aliases_are_all_listed_within_slacks_limits():
    aliases = [
        ShortName(f"{'w' * 26}{n:04}", str(10**15), "&" * 90, "U0123456789", NOW, keeps=True)
        for n in range(MOST)
    ]
    message = alias_list(AliasList(tuple(aliases), {}))
    assert fits(message)
    assert all(alias.word in shown(message) for alias in aliases)


def test_an_aliass_line_says_how_its_agent_is_called_now_or_that_it_is_gone():
    kept = ShortName("mail", "1", "Mail", "U2", NOW, keeps=True)
    assert shown(alias_list(AliasList((LEADS, kept), {"785": "Sales"}))) == (
        "Aliases in this channel:\n"
        "• `leads`: Sales (785) · set by <@U1>\n"
        "• `mail`: Mail (1) · no longer in the account's list · with its own command or argument"
        " · set by <@U2>"
    )


def test_what_is_set_and_removed_is_said():
    before = ShortName("leads", "1", "Mail", "U2", NOW, keeps=True)
    assert shown(alias_set(AliasSet(LEADS, before, hides=True))).splitlines() == [
        "In this channel `leads` now stands for LinkedIn Search (785).",
        "Until now it stood for Mail (1).",
        'An agent has that name too. Type it in quotes to mean the agent: `"leads"`.',
        "Try `/phantom launch leads`.",
    ]
    assert shown(alias_removed(LEADS)) == (
        "In this channel `leads` no longer stands for LinkedIn Search (785)."
    )
    assert "Did you mean `leads`?" in shown(no_alias("laeds", ["leads"]))
    assert "`/phantom alias` lists them." in shown(no_alias("`<!here>", []))
    assert "<!here>" not in shown(no_alias("`<!here>", []))
