from dataclasses import replace

from messages.cast import IDLE, NOW
from messages.sampling import Ours, sample

from phantombot.agents.alias import ShortName
from phantombot.agents.aliases import AliasList, AliasSet
from phantombot.messages.aliases import (
    AliasEntered,
    alias_form,
    alias_list,
    alias_notice,
    alias_removed,
    alias_set,
    no_alias,
    open_alias_button,
)

LEADS = ShortName("leads", "785", "LinkedIn Search", "U0ALICE", NOW, keeps=False)
MAIL = ShortName("mail", "786", "Mail Merge", "U0BOB", NOW, keeps=True)
BEFORE = replace(LEADS, agent_id="786", agent_name="Mail Merge")

FILLED = AliasEntered("leads", IDLE, "casperjs", Ours('{"pages": 3}'), "C0GENERAL")


SAMPLES = [
    sample(alias_set, "a new one", AliasSet(LEADS, None, hides=False)),
    sample(alias_set, "with options, hiding a name", AliasSet(MAIL, None, hides=True)),
    sample(alias_set, "in the place of another", AliasSet(LEADS, BEFORE, hides=False)),
    sample(alias_set, "from a form", AliasSet(LEADS, None, hides=False), "C0GENERAL"),
    sample(alias_removed, "it was there", LEADS),
    sample(no_alias, "something is near", "laeds", ["leads", "mail"]),
    sample(no_alias, "nothing is near", "some thing", ["leads"]),
    sample(alias_list, "some", AliasList((LEADS, MAIL), {"785": "Sales Search"})),
    sample(alias_list, "Phantombuster is away", AliasList((LEADS, MAIL), None)),
    sample(alias_list, "none", AliasList((), None)),
    sample(alias_list, "to somebody who may set one", AliasList((LEADS,), None), may_set=True),
    sample(alias_form, "empty", AliasEntered(), takes_command=True),
    sample(alias_form, "filled in", FILLED, takes_command=True),
    sample(alias_form, "agents choose their own engine", AliasEntered(), takes_command=False),
    sample(alias_notice, "saved", Ours("✅ It is set.")),
    sample(open_alias_button, "Slack was waited for"),
]
