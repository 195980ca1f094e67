from messages.sampling import Ours, sample

from phantombot.access.rules import Denial
from phantombot.commands import specs
from phantombot.messages.help import Reader, help_message, help_on

ADMIN = Reader("U0ADA", key_owner="U0ADA")
MEMBER = Reader("U0MAX", key_owner="U0ADA")
DIRECT = Reader("U0MAX", prefix="", direct=True, key_owner="U0ADA")
V2 = Reader("U0MAX", engines=False, key_owner="U0ADA")
BY_NAME = {spec.name: spec for spec in specs()}
SEEN = [spec for spec in specs() if spec.group not in ("For admins", "Launch and stop")]

SAMPLES = [
    sample(help_message, "for an admin", specs(), ADMIN),
    sample(help_message, "nobody stored a key yet", specs(), Reader("U0ADA")),
    sample(help_message, "in a direct message", specs(), DIRECT),
    sample(
        help_message,
        "for somebody who can't launch",
        SEEN,
        Reader("U0MAX", key_owner="U0ADA", withheld=Denial.NOT_ADMIN),
    ),
    sample(
        help_message,
        "for a guest",
        [BY_NAME["help"]],
        Reader("U0GIL", withheld=Denial.GUEST, reads=False),
    ),
    *(sample(help_on, name, spec, MEMBER) for name, spec in BY_NAME.items()),
    *(sample(help_on, f"{name} in API v2", BY_NAME[name], V2) for name in ("launch", "alias")),
    sample(help_on, "watch in a direct message", BY_NAME["watch"], DIRECT),
    sample(help_on, "key for a member", BY_NAME["key"], MEMBER, Ours("Only admins can use it.")),
]
