from messages.sampling import sample

from phantombot.messages.rotation import interrupted, rotated

SEALED = {"workspaces.key": 2, "runs.argument": 40}

SAMPLES = [
    sample(rotated, "all", SEALED, {}, {}),
    sample(rotated, "nothing", {}, {}, {}),
    sample(rotated, "some do not open", SEALED, {"runs.argument": 1}, {"workspaces.key": 1}),
    sample(interrupted, "the database went away", "OperationalError"),
]
