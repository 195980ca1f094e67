from messages.sampling import Ours, sample

from phantombot.access.rules import DEFAULT, Rules, Who
from phantombot.messages.access import (
    CHANGED_MEANWHILE,
    NOBODY_NAMED,
    access_form,
    access_notice,
    access_stored,
    open_access_button,
)

GROUPS = (("S0SALES", "sales"), ("S0OPS", "ops"))
SET = Rules(
    Who.NAMED,
    ("U0ALICE",),
    ("S0SALES",),
    ("C0GENERAL",),
    ("785", Ours("LinkedIn Search")),
    guests=True,
)

SAMPLES = [
    sample(access_form, "nothing is set", DEFAULT, 0, GROUPS),
    sample(access_form, "everything is set", SET, 3, GROUPS),
    sample(access_form, "agents by name", SET, 3, GROUPS, agents={"785": "LinkedIn Search"}),
    sample(access_form, "nobody is named", SET, 3, GROUPS, Ours(NOBODY_NAMED)),
    sample(access_form, "changed meanwhile", SET, 4, (), Ours(CHANGED_MEANWHILE)),
    sample(access_notice, "a sentence", Ours("A sentence in the form's place.")),
    sample(access_stored, "nothing is set", DEFAULT),
    sample(access_stored, "everything is set", SET),
    sample(
        access_stored,
        "everything is named",
        SET,
        {"785": "LinkedIn Search"},
        closed=("C0GENERAL",),
        groups=dict(GROUPS),
    ),
    sample(open_access_button, "the form did not open"),
]
