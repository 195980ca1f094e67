"""Tables, the same on SQLite and PostgreSQL.

Columns whose comment begins with "sealed" hold secrets, encrypted by the vault for their column and
row. The row is identified by the primary key, unless the table's `info` says otherwise.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, Table, UniqueConstraint

from phantombot.database.columns import UtcDateTime, metadata
from phantombot.database.columns import text_column as _text

__all__ = ["metadata"]

REVISION = "0024"
"""The newest migration, which this code expects."""


workspaces = Table(
    "workspaces",
    metadata,
    _text("id", primary_key=True, comment="Slack's team id"),
    _text("api_key", comment="sealed"),
    _text("key_hint", comment="the key's last 4 characters"),
    _text("key_by", comment="Slack's id of the admin who stored it"),
    Column("key_at", UtcDateTime),
    _text("dialect", comment="JSON; the form of request that the account's server takes in v1"),
    _text("api", comment="v1 or v2; which of Phantombuster's APIs the key goes by; NULL is v1"),
    _text("org", comment="JSON; the account's own name there, once v2 has told it"),
    Column("keeper_alerted", Boolean, comment="was told that Phantombuster refuses the key"),
)

agent_lists = Table(
    "rosters",
    metadata,
    _text("workspace", primary_key=True),
    Column("key_at", UtcDateTime, nullable=False, comment="when the key was stored that it is of"),
    Column("read_at", UtcDateTime, nullable=False),
    Column("time_left", BigInteger, comment="seconds"),
    _text("agents", nullable=False, comment="JSON"),
)

homes = Table(
    "homes",
    metadata,
    _text("workspace", primary_key=True),
    _text("user", primary_key=True),
    Column("version", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("page", Integer, nullable=False, comment="of the agents, from 0"),
    _text("wanted", nullable=False, comment="what the agents are searched for"),
    _text("drawn", comment="digest of what Slack shows"),
    Column("drawn_at", UtcDateTime),
    Column("not_before", UtcDateTime, comment="Slack asked for patience until then"),
)

# No foreign key to workspaces: the acknowledgement waits for one write only, and a workspace has no
# row until its key is stored.
runs = Table(
    "runs",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("version", Integer, nullable=False),
    _text("workspace", nullable=False),
    _text("uid", nullable=False, comment="random; names the run in Slack, and never another"),
    _text("trigger_id", nullable=False),
    _text("channel", nullable=False),
    _text("user", nullable=False),
    _text("response_url", comment="sealed; forgotten when the ending is told"),
    _text("agent", nullable=False, comment="as typed"),
    Column("quoted", Boolean, nullable=False),
    _text("command"),
    _text("argument", comment="sealed"),
    Column("save", Boolean, nullable=False),
    _text("fingerprint", nullable=False, comment="keyed digest of what is launched"),
    Column("created_at", UtcDateTime, nullable=False),
    _text("state", nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("answered_at", UtcDateTime, comment="when the launcher answered what was asked first"),
    _text("doubt", comment="why the launcher was asked"),
    Column("time_left", Integer, comment="seconds, at the launch, if that was little"),
    _text("agent_id"),
    _text("agent_name"),
    _text("before_container_id"),
    Column("before_launch_number", BigInteger),
    Column("before_busy", Integer, nullable=False),
    _text("before_last_end"),
    Column("sent_at", UtcDateTime),
    Column("lost_at", UtcDateTime),
    _text("api", comment="v1 or v2; by which it was launched; NULL is v1, or not launched yet"),
    _text("org", comment="Phantombuster's own name for the account, if it was told"),
    _text("container_id"),
    Column("launch_number", BigInteger),
    Column("adopted", Boolean, nullable=False),
    _text("status"),
    Column("fraction", Float),
    _text("label"),
    Column("seen_at", UtcDateTime),
    Column("trouble_at", UtcDateTime),
    _text("trouble"),
    _text("ending", comment="JSON"),
    Column("ended_at", UtcDateTime),
    _text("home"),
    _text("ts"),
    _text("thread_ts", comment="the message that the run's own answers"),
    _text("posting"),
    Column("reposted", Boolean, nullable=False),
    _text("said"),
    Column("said_at", UtcDateTime),
    Column("say_after", UtcDateTime),
    Column("told", Boolean, nullable=False),
    _text("console", comment="sealed; what is kept of the part read so far"),
    Column("unseen_at", UtcDateTime),
    Column("tried_at", UtcDateTime),
    Column("editing_at", UtcDateTime, comment="when an edit was begun that is not answered"),
    Column("detail", Integer),
    _text("user_name", comment="the launcher's"),
    _text("source", comment="of its command and argument, where they weren't all typed"),
    _text("also_rung", comment="who asked to be rung, with spaces between"),
    Column("acknowledged", Boolean, nullable=False, comment="its response_url deletes that"),
    Column("rung", Boolean, nullable=False, comment="people were rung, or that was begun"),
    Column("due_at", UtcDateTime, comment="when it is launched, if not at once"),
    _text("told_with", comment="uid of the run whose message tells of its dead session"),
    UniqueConstraint("workspace", "trigger_id"),
    info={"row": ("uid",)},  # the id isn't known before a row is written
)
Index(None, runs.c.told, runs.c.workspace)
Index(None, runs.c.told, runs.c.created_at)
Index(None, runs.c.workspace, runs.c.user, runs.c.fingerprint, runs.c.created_at)
Index(None, runs.c.workspace, runs.c.agent_id, runs.c.created_at)
Index(None, runs.c.workspace, runs.c.created_at)
Index(None, runs.c.workspace, runs.c.uid, unique=True)
Index(None, runs.c.workspace, runs.c.told_with)

# One row per workspace with watches, so that passes over other workspaces read no watches.
rounds = Table(
    "rounds",
    metadata,
    _text("workspace", primary_key=True),
    Column("seen_at", UtcDateTime, comment="when its watched agents were seen to"),
    Column("turned_at", UtcDateTime, comment="when one was looked at because it was its turn"),
)

watched = Table(
    "watched",
    metadata,
    _text("workspace", primary_key=True),
    _text("agent_id", primary_key=True),
    Column("version", Integer, nullable=False),
    _text("name", nullable=False),
    _text("last_end", comment="digest of the account's words"),
    Column("busy", Integer, nullable=False),
    Column("horizon", UtcDateTime, comment="by Phantombuster's clock"),
    _text("known", nullable=False, comment="JSON"),
    _text("alike", nullable=False),
    Column("times", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("unlisted_at", UtcDateTime),
    Column("missing_at", UtcDateTime),
    Column("gone", Boolean, nullable=False),
    Column("again_at", UtcDateTime),
    Column("looked_at", UtcDateTime),
    _text("hook", nullable=False, comment="sealed; the secret of its webhook's address"),
    _text("hook_digest", nullable=False, unique=True, comment="by which a call is found"),
    Column("hinted_at", UtcDateTime, comment="when its webhook was called last"),
    Column("heard_at", UtcDateTime),
)

watches = Table(
    "watches",
    metadata,
    _text("workspace", primary_key=True),
    _text("channel", primary_key=True),
    _text("agent_id", primary_key=True),
    _text("words", nullable=False, comment="what is told, with spaces between"),
    _text("user", nullable=False, comment="who set it"),
    Column("set_at", UtcDateTime, nullable=False),
    Column("seen", Boolean, nullable=False, comment="its agent was looked at since"),
    _text("ts", comment="Slack's name of its last message"),
    _text("alike", nullable=False),
    _text("stopped", comment="Slack's own word for why the channel takes nothing, once told"),
    Column("unsaid", Integer, nullable=False),
    Column("muted_until", UtcDateTime),
    Column("muted", Integer, nullable=False, comment="ends counted while it is muted"),
)
Index(None, watches.c.workspace, watches.c.agent_id)

notices = Table(
    "notices",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _text("workspace", nullable=False),
    _text("channel", nullable=False),
    _text("agent_id", nullable=False),
    _text("agent_name", nullable=False),
    _text("news", nullable=False),
    _text("before", nullable=False, comment="the agent's former name"),
    _text("end", comment="JSON"),
    Column("at", UtcDateTime, nullable=False),
    Column("posting", Boolean, nullable=False, comment="was begun, and may stand there"),
    Column("say_after", UtcDateTime),
    Column("count", Integer, nullable=False, comment="ends that weren't told one by one"),
)
Index(None, notices.c.workspace, notices.c.channel)

ring_settings = Table(
    "ring_settings",
    metadata,
    _text("workspace", primary_key=True),
    _text("user", primary_key=True),
    _text("by", nullable=False, comment="thread, direct or nothing"),
    Column("failures_only", Boolean, nullable=False),
    _text("quiet_from", comment="as 22:00, in the user's time zone"),
    _text("quiet_until"),
    Column("utc_offset", Integer, comment="seconds, when it was set"),
)

rings = Table(
    "rings",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _text("workspace", nullable=False),
    _text("user", nullable=False, comment="who is rung by direct message"),
    _text("run", nullable=False, comment="its uid"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("pending", Boolean, nullable=False, comment="was begun, and may have arrived"),
)
Index(None, rings.c.workspace, rings.c.user)

channel_settings = Table(
    "channel_settings",
    metadata,
    _text("workspace", primary_key=True),
    _text("channel", primary_key=True),
    Column("broadcast", Boolean, nullable=False, comment="endings are posted in the channel too"),
    Column("count_only", Boolean, nullable=False, comment="of results it is told the number alone"),
)

known_rows = Table(
    "known_rows",
    metadata,
    _text("workspace", primary_key=True),
    _text("agent_id", primary_key=True),
    _text("launch", primary_key=True, comment="keyed digest of the argument"),
    _text("rows", nullable=False, comment="sealed; digests of the last result's rows"),
    Column("at", UtcDateTime, nullable=False, comment="when that run ended"),
)
Index(None, known_rows.c.at)

stops = Table(
    "stops",
    metadata,
    _text("workspace", primary_key=True),
    _text("agent_id", primary_key=True),
    _text("user", nullable=False, comment="who stopped the agent last"),
    Column("at", UtcDateTime, nullable=False),
    Column("busy_until", UtcDateTime, nullable=False, comment="until then nobody else stops it"),
)

closed_channels = Table(
    "closed_channels",
    metadata,
    _text("workspace", primary_key=True),
    _text("channel", primary_key=True),
    _text("code", nullable=False, comment="Slack's own word for it"),
    Column("closed_at", UtcDateTime, nullable=False),
)

welcomes = Table(
    "welcomes",
    metadata,
    _text("workspace", primary_key=True, comment="that installed the app"),
    _text("user", nullable=False, comment="who installed it"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("pending", Boolean, nullable=False, comment="was begun, and may have arrived"),
    _text("channel", comment="the direct message, once it is posted"),
    _text("ts"),
    Column("key_stored", Boolean, nullable=False, comment="as the message shows it"),
    Column("launched", Boolean, nullable=False, comment="as above"),
    Column("invited", Boolean, nullable=False, comment="as above"),
    Column("over", Boolean, nullable=False, comment="it changes no more, or never arrived"),
)

joined_channels = Table(
    "joined_channels",
    metadata,
    _text("workspace", primary_key=True),
    _text("channel", primary_key=True),
    Column("at", UtcDateTime, nullable=False, comment="Slack's time of the last join"),
    Column("due_at", UtcDateTime, comment="when the channel is greeted; NULL once it was"),
    Column("pending", Boolean, nullable=False, comment="was begun, and may have arrived"),
)

processes = Table(
    "processes",
    metadata,
    _text("id", primary_key=True),
    _text("role", nullable=False, comment="web, worker, both, or signatures"),
    Column("seen_at", UtcDateTime, nullable=False),
    _text("figures", comment="Prometheus text"),
)

epochs = Table(
    "epochs",
    metadata,
    Column("id", Integer, primary_key=True, comment="1: it has one row"),
    _text("store", nullable=False, comment="random; names this store"),
    Column("epoch", BigInteger, nullable=False, comment="only rises"),
    _text("place", nullable=False, comment="where in PostgreSQL it is"),
    Column("restored_at", UtcDateTime, comment="when it was found to be an older state"),
    Column("restored_run", BigInteger, comment="the newest run at that time"),
)

access = Table(
    "access",
    metadata,
    _text("workspace", primary_key=True),
    Column("version", Integer, nullable=False),
    _text("rules", nullable=False, comment="JSON"),
)

aliases = Table(
    "aliases",
    metadata,
    _text("workspace", primary_key=True),
    _text("channel", primary_key=True),
    _text("word", primary_key=True, comment="folded"),
    _text("agent_id", nullable=False),
    _text("agent_name", nullable=False, comment="when it was set"),
    _text("kept", comment="sealed; its own command and argument, as JSON"),
    _text("user", nullable=False, comment="who set it"),
    Column("made_at", UtcDateTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _text("workspace", nullable=False),
    Column("at", UtcDateTime, nullable=False),
    _text("user", nullable=False),
    _text("what", nullable=False),
    _text("agent", nullable=False),
    _text("channel", nullable=False),
    _text("outcome", nullable=False),
)
Index(None, audit.c.workspace, audit.c.at)
Index(None, audit.c.at)

installations = Table(
    "installations",
    metadata,
    _text("workspace", primary_key=True, comment="the team's id; if org-wide the organisation's"),
    _text("enterprise", comment="Slack's id of the organisation, where there is one"),
    Column("org_wide", Boolean, nullable=False, comment="serves every team of the organisation"),
    _text("bot_token", nullable=False, comment="sealed"),
    _text("bot_user", nullable=False),
    _text("scopes", nullable=False),
    _text("installed_by", nullable=False, comment="Slack's id of the user"),
    Column("installed_at", UtcDateTime, nullable=False),
)

teams = Table(
    "teams",
    metadata,
    _text("id", primary_key=True, comment="a team that an org-wide installation serves"),
    _text("enterprise", nullable=False),
)
Index(None, teams.c.enterprise)

erasures = Table(
    "erasures",
    metadata,
    _text("workspace", primary_key=True, comment="uninstalled; what turns up of it is erased"),
    Column("at", UtcDateTime, nullable=False),
)
