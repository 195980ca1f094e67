from messages.sampling import Ours, sample

from phantombot.command_table import COMMANDS
from phantombot.errors import Mistyped
from phantombot.launch_line import Launch
from phantombot.messages.commands import (
    help_message,
    incomplete,
    launching,
    mistyped,
    store_unavailable,
    unexpected,
)

PLAIN = Launch("LinkedIn Search", True, None, False, None, False)  # noqa: FBT003 - as its fields stand
REPAIRED = Launch("785", False, "casperjs", True, '{"a": 1}', True)  # noqa: FBT003 - same

SAMPLES = [
    sample(launching, "by name", PLAIN),
    sample(launching, "with a repaired argument", REPAIRED),
    sample(mistyped, "a sentence", Mistyped("`stop` takes one agent and nothing else.")),
    sample(
        mistyped,
        "with a caret",
        Mistyped("The argument is no JSON: a value is missing here.", '{"url": }\n        ^'),
    ),
    sample(help_message, "everything", None),
    *(sample(help_message, spec.name, Ours(spec.name)) for spec in COMMANDS),
    sample(store_unavailable, "while launching", "1f2e3d4c"),
    sample(unexpected, "a fault of ours", "1f2e3d4c"),
    sample(incomplete, "no trigger_id"),
]
