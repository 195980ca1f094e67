from messages.sampling import Ours, sample

from phantombot.errors import UsageError
from phantombot.messages.commands import (
    incomplete,
    mistyped,
    store_unavailable,
    store_undecided,
    unexpected,
)

SAMPLES = [
    sample(mistyped, "a sentence", UsageError("`stop` takes one agent and nothing else.")),
    sample(
        mistyped,
        "with a caret",
        UsageError("The argument is no JSON: a value is missing here.", '{"url": }\n        ^'),
    ),
    sample(
        mistyped,
        "with what was typed in the form",
        UsageError("The argument is no JSON: a value is missing here.", '{"url": }\n        ^'),
        Ours(7),
    ),
    sample(store_unavailable, "while launching", "1f2e3d4c"),
    sample(store_undecided, "while launching", "1f2e3d4c"),
    sample(unexpected, "a fault of ours", "1f2e3d4c"),
    sample(incomplete, "no trigger_id"),
]
