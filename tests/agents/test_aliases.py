import json
from dataclasses import replace
from typing import Any

import pytest
from stage import Stage, asker, refused

from phantombot.access.api_keys import ApiKeys
from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules import Person, Rules, Who
from phantombot.agents.alias import MOST, Kept, ShortName
from phantombot.agents.aliases import AliasSet, list_aliases, remove_alias, set_alias
from phantombot.commands.alias import Alias
from phantombot.commands.parse import parse
from phantombot.database.vault import Vault
from phantombot.errors import ServerFault, TooManyAliases
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run, State
from phantombot.runs.output import agent_status, last_output
from phantombot.runs.stop import instances

BARE: dict[str, Any] = {"command": None, "argument": None}


def give(stage: Stage, line: str, channel: str = "C1", user: str = "U1") -> AliasSet:
    typed = parse(f"alias {line}")
    assert isinstance(typed, Alias)
    launch, by = typed.launch, asker(user, channel)
    own = Kept(launch.command, launch.argument)
    return set_alias(stage.context, by, typed.word, launch.agent, own, quoted=launch.quoted)


def launched(stage: Stage, agent: str, **typed: Any) -> Run:
    number = stage.type(**({"agent": agent} | BARE | typed))
    stage.process_workspace(1)
    return stage.run(number)


def test_an_alias_launches_its_agent_with_what_it_keeps(stage: Stage):
    done = give(stage, 'Leads "LinkedIn Search" casperjs {"page": 3}')
    assert (done.alias.word, done.alias.agent_id, done.alias.keeps) == ("leads", "785", True)
    run = launched(stage, "LEADS")
    assert (run.agent_id, run.agent_name, run.state) == ("785", "LinkedIn Search", State.LAUNCHED)
    (sent,) = stage.phantombuster.launches
    assert (sent["command"], sent["argument"]) == ("casperjs", '{"page": 3}')


def test_an_alias_of_an_earlier_release_is_set_anew_and_removed_under_its_word(stage: Stage):
    give(stage, "leads 785")
    before = stage.aliases.find("T1", "C1", "leads")
    assert before is not None
    entry = AuditEntry("T1", before.made_at, "U1", AuditAction.ALIAS_SET, "785", "C1", "a--b")
    stage.aliases.put(entry, replace(before, word="a--b"), Kept())
    done = give(stage, "A--B 785 casperjs")
    assert (done.alias.word, done.before is not None) == ("a--b", True)
    assert isinstance(remove_alias(stage.context, asker(), "a--b"), ShortName)
    assert [alias.word for alias in stage.aliases.of_channel("T1", "C1")] == ["leads"]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ({"command": "phantomjs"}, ("phantomjs", '{"page": 3}')),
        ({"argument": "[1]"}, ("casperjs", "[1]")),
        ({"command": "phantomjs", "argument": "{}"}, ("phantomjs", "{}")),
    ],
    ids=["a command", "an argument", "both"],
)
def test_what_is_typed_goes_before_what_the_alias_keeps(
    stage: Stage, typed: dict[str, str], sent: tuple[str, str]
):
    give(stage, 'leads 785 casperjs {"page": 3}')
    run = launched(stage, "leads", **typed)
    (launch,) = stage.phantombuster.launches
    assert (launch["command"], launch["argument"]) == sent
    assert (run.command, stage.runs.argument(run)) == sent


def test_an_alias_without_anything_of_its_own_lets_the_saved_options_apply(stage: Stage):
    give(stage, "leads 785")
    launched(stage, "leads")
    launched(stage, "leads", command="casperjs")
    sent = [(launch["command"], launch["argument"]) for launch in stage.phantombuster.launches]
    assert sent == [(None, None), ("casperjs", "{}")]


def test_an_alias_is_of_its_channel_alone(stage: Stage):
    give(stage, "leads 785")
    run = launched(stage, "leads", channel="C2")
    assert run.ending is not None
    assert run.ending.kind is Kind.NO_AGENT


def test_an_alias_goes_before_a_name_but_not_before_one_in_quotes(stage: Stage):
    stage.phantombuster.add("900", "Leads")
    done = give(stage, "leads 785")
    assert done.hides
    assert launched(stage, "leads").agent_id == "785"
    stage.clock.forward(60)
    assert launched(stage, "leads", quoted=True).agent_id == "900"


def test_status_output_and_stop_understand_it_too(stage: Stage):
    give(stage, "leads 785")
    stage.phantombuster.start_elsewhere()
    status = agent_status(stage.context, asker(), "Leads", quoted=False)
    printed = last_output(stage.context, asker(), "leads", quoted=False)
    found = instances(stage.context, asker(), "leads", quoted=False)
    assert {status.agent.id, printed.agent_id, found.agent.id} == {"785"}


def test_an_alias_of_an_alias_keeps_what_that_one_does(stage: Stage):
    give(stage, "leads 785 casperjs [1]")
    give(stage, "more leads [2]")
    assert stage.aliases.kept("T1", "C1", "more") == Kept("casperjs", "[2]")


def test_a_renamed_agent_keeps_its_aliases_and_is_shown_by_its_present_name(stage: Stage):
    give(stage, "leads 785")
    stage.phantombuster.agents["785"].name = "Sales Search"
    assert launched(stage, "leads").agent_name == "Sales Search"
    assert list_aliases(stage.context, asker()).agents == {"785": "Sales Search"}


def test_an_alias_whose_agent_is_gone_says_what_it_stood_for(stage: Stage):
    give(stage, "leads 785")
    del stage.phantombuster.agents["785"]
    stage.phantombuster.add("901", "Leads of another kind")
    run = launched(stage, "leads")
    gone = Ending(Kind.ALIAS_STALE, candidates=(("785", "LinkedIn Search"),))
    assert run.ending == gone
    assert refused(lambda: agent_status(stage.context, asker(), "leads", quoted=False)) == gone
    ((_, whisper),) = stage.slack.whispers
    assert "`leads` stands for LinkedIn Search (785), which is no longer" in whisper.text
    assert stage.phantombuster.launches == []


def test_what_an_alias_keeps_is_bound_to_the_secret_and_said_so_where_it_does_not_open(
    stage: Stage,
):
    give(stage, 'leads 785 casperjs {"cookie": "hush"}')
    other = Vault(("another-secret-of-the-tests-01234",))
    stage.keys.remove_key("T1")
    stage.keys = ApiKeys(stage.keys.database, other)
    stage.keys.store_key("T1", stage.key, by="U0ADA", at=stage.clock())
    run = launched(stage, "leads")
    assert run.ending == Ending(Kind.REFUSED, cause="AliasSealed")
    assert "set it again" in stage.last
    assert launched(stage, "leads", command="casperjs", argument="[1]").ending is not None
    assert give(stage, "leads 785 casperjs [1]") is not None
    assert launched(stage, "leads").state is State.LAUNCHED


@pytest.mark.parametrize(
    "rules",
    [Rules(who=Who.ADMINS), Rules(channels=("C9",)), Rules(agents=("786",))],
    ids=["person", "channel", "agent"],
)
def test_setting_one_asks_the_same_as_launching(stage: Stage, rules: Rules):
    stage.allow(rules)
    assert refused(lambda: give(stage, "leads 785")).kind is Kind.NOT_ALLOWED
    assert stage.aliases.of_channel("T1", "C1") == []


def test_a_guest_takes_none_away(stage: Stage):
    give(stage, "leads 785")
    stage.people.persons["U9"] = Person(guest=True)
    ending = refused(lambda: remove_alias(stage.context, asker("U9"), "leads"))
    assert ending.kind is Kind.NOT_ALLOWED
    assert stage.aliases.find("T1", "C1", "leads") is not None


def test_a_launch_by_alias_is_bound_by_the_rules_for_its_agent(stage: Stage):
    give(stage, "leads 785")
    stage.allow(Rules(agents=("786",)))
    run = launched(stage, "leads")
    assert run.ending == Ending(Kind.NOT_ALLOWED, cause="agent")
    assert stage.phantombuster.launches == []


def test_each_change_is_in_the_audit_trail_once_and_without_what_is_kept(stage: Stage):
    for _ in range(2):
        give(stage, 'leads 785 casperjs {"cookie": "hush"}')
    stage.clock.forward(1)
    removed = remove_alias(stage.context, asker("U2"), "LEADS")
    assert isinstance(removed, ShortName)
    assert remove_alias(stage.context, asker(), "leads") is None
    entries = stage.audit.recent("T1", 9)
    noted = [(entry.what, entry.user, entry.agent, entry.outcome) for entry in entries]
    agent = "LinkedIn Search (785)"
    assert noted[:2] == [
        (AuditAction.ALIAS_REMOVED, "U2", agent, "leads"),
        (AuditAction.ALIAS_SET, "U1", agent, "leads"),
    ]
    assert "hush" not in json.dumps(noted)


def test_what_stood_before_is_told_and_a_channel_takes_no_more_than_fit_a_list(stage: Stage):
    stage.phantombuster.add("786", "Twitter")
    give(stage, "leads 785")
    again = give(stage, "leads twitter")
    assert again.before is not None
    assert (again.before.agent_id, again.alias.agent_id) == ("785", "786")
    for number in range(1, MOST):
        give(stage, f"a{number} 785")
    with pytest.raises(TooManyAliases):
        give(stage, "onemore 785")
    assert isinstance(give(stage, "a1 786"), AliasSet)


def test_nothing_is_set_where_it_cannot_be_known_what_is_meant(stage: Stage):
    stage.phantombuster.fault("account", ServerFault())
    ending = refused(lambda: give(stage, "leads 785"))
    assert ending == Ending(Kind.REFUSED, cause="ServerFault")
    assert refused(lambda: give(stage, "leads nobody")) == Ending(Kind.NO_AGENT)
    stage.phantombuster.fault("account", ServerFault())
    assert list_aliases(stage.context, asker()).aliases == ()


def test_the_list_stands_without_phantombuster_by_the_names_of_then(stage: Stage):
    give(stage, "leads 785")
    stage.phantombuster.fault("account", ServerFault())
    found = list_aliases(stage.context, asker())
    assert (found.agents, found.aliases[0].agent_name) == (None, "LinkedIn Search")


def test_another_workspaces_alias_of_the_same_word_and_channel_is_not_seen(stage: Stage):
    give(stage, "leads 785")
    elsewhere = replace(asker(), workspace="T2")
    assert list_aliases(stage.context, elsewhere).aliases == ()
    assert remove_alias(stage.context, elsewhere, "leads") is None
    assert stage.aliases.find("T1", "C1", "leads") is not None
