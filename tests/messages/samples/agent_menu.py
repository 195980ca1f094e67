from dataclasses import replace

from messages.cast import IDLE
from messages.sampling import sample

from phantombot.messages.agent_menu import agent_choices

LONG = replace(IDLE, id="6149268345213", name="Leads of every office that we ever had " * 3)

SAMPLES = [
    sample(agent_choices, "some fit", [IDLE, LONG, replace(IDLE, name="")]),
    sample(agent_choices, "none fits", []),
    sample(agent_choices, "not known yet", None),
]
