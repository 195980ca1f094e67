"""The table of what can be typed; help, README and manifest are checked against it."""

from phantombot.messages.commands import CommandHelp


class CommandSpec(CommandHelp):
    """One line of the command table."""


LAUNCH = CommandSpec(
    "launch",
    "launch <agent> [casperjs|phantomjs] [--save] [argument]",
    "launches an agent; `--save` stores command and argument as its defaults; alone, `launch` opens"
    " a form",
    'launch LinkedIn Search casperjs {"url": "https://example.com"}',
)
STATUS = CommandSpec(
    "status",
    "status [agent]",
    "shows what is running and queued now, and the account's time left; or one agent's last end",
    "status 785",
)
OUTPUT = CommandSpec(
    "output",
    "output <agent>",
    "shows the last lines of an agent's console, and its result",
    "output LinkedIn Search",
)
STOP = CommandSpec(
    "stop",
    "stop <agent>",
    "stops all running instances of an agent, after asking; `cancel` and `kill` are the same",
    "stop 785",
)
AGENTS = CommandSpec(
    "agents",
    "agents [filter]",
    "lists the account's agents: name, id, state, last end",
    "agents linkedin",
)
ALIAS = CommandSpec(
    "alias",
    "alias [<word> <agent> [casperjs|phantomjs] [argument]]",
    "gives an agent a short name in this channel, with a command and argument of its own; alone,"
    " lists them",
    "alias leads LinkedIn Search",
)
UNALIAS = CommandSpec(
    "unalias", "unalias <word>", "takes a short name of this channel away", "unalias leads"
)
RUNS = CommandSpec("runs", "runs", "lists the last runs launched from this workspace", "runs")
WATCH = CommandSpec(
    "watch",
    "watch <agent> [failure] [recovery] [empty] [success]",
    "tells this channel when a run of the agent ends, whoever started it; with no words: `failure"
    " recovery`",
    "watch LinkedIn Search failure empty",
)
UNWATCH = CommandSpec("unwatch", "unwatch <agent>", "ends that for an agent", "unwatch 785")
WATCHES = CommandSpec("watches", "watches", "lists what this channel watches", "watches")
KEY = CommandSpec(
    "key",
    "key [remove]",
    "stores, replaces or forgets the workspace's Phantombuster key; admins only",
    "key",
)
DOCTOR = CommandSpec(
    "doctor",
    "doctor",
    "checks what can be wrong, from the key to the database, and says how it is mended",
    "doctor",
)
ACCESS = CommandSpec(
    "access",
    "access",
    "sets who may launch and stop what, and where, in a form; admins only",
    "access",
)
AUDIT = CommandSpec("audit", "audit", "shows what was done here, and by whom; admins only", "audit")
HELP = CommandSpec("help", "help [command]", "explains the commands, or one of them", "help launch")
COMMANDS: tuple[CommandSpec, ...] = (
    LAUNCH,
    STATUS,
    OUTPUT,
    STOP,
    AGENTS,
    RUNS,
    ALIAS,
    UNALIAS,
    WATCH,
    UNWATCH,
    WATCHES,
    KEY,
    ACCESS,
    AUDIT,
    DOCTOR,
    HELP,
)
"""What exists now."""
ALIASES = {
    **dict.fromkeys(("run", "start", "exec", "execute", "trigger"), LAUNCH.name),
    **dict.fromkeys(("abort", "cancel", "kill", "halt", "terminate"), STOP.name),
    **dict.fromkeys(("history", "launches"), RUNS.name),
    **dict.fromkeys(("list", "ls", "phantoms"), AGENTS.name),
    **dict.fromkeys(("log", "logs", "console", "result", "results"), OUTPUT.name),
    **dict.fromkeys(("settings", "permissions", "config"), ACCESS.name),
    **dict.fromkeys(("token", "apikey", "api-key", "api_key"), KEY.name),
    "aliases": ALIAS.name,
    "ps": STATUS.name,
}
"""Words of other tools for commands: understood, but not listed."""
USAGE_HINT = "launch <agent> [casperjs|phantomjs] [json]"
"""What Slack shows beside `/phantom` while somebody types."""
