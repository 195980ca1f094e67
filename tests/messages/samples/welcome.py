from messages.sampling import sample

from phantombot.access.rules import Rules
from phantombot.messages.welcome import Steps, joined, welcome

SAMPLES = [
    sample(welcome, "just installed, by an admin", Steps()),
    sample(welcome, "just installed, by a member", Steps(), admin=False),
    sample(welcome, "the key is stored", Steps(key_stored=True)),
    sample(welcome, "an agent was launched", Steps(key_stored=True, launched=True)),
    sample(welcome, "all is done", Steps(key_stored=True, launched=True, invited=True)),
    sample(joined, "agents can be launched there", Rules(), "C0GENERAL", has_key=True),
    sample(joined, "no key is stored", Rules(), "C0GENERAL", has_key=False),
    sample(
        joined,
        "agents can't be launched there",
        Rules(channels=("C0OPS",)),
        "C0GENERAL",
        has_key=True,
    ),
]
