"""The Home tab: key, current runs, latest runs and agents; for admins also settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from phantombot.access.rules import Denial, Rules
from phantombot.agents.agent_list import AgentList
from phantombot.messages.access import OPEN_ACCESS
from phantombot.messages.agent_menu import NO_CHOICE
from phantombot.messages.agents import agent_line
from phantombot.messages.aliases import OPEN_ALIAS
from phantombot.messages.audit import EXPORT_AUDIT
from phantombot.messages.blocks import (
    SECTION_LIMIT,
    Block,
    actions,
    button,
    capitalized,
    date,
    duration,
    escape,
    place,
    section,
)
from phantombot.messages.form import View, plain_text
from phantombot.messages.keys import ADD_KEY, move_offered
from phantombot.messages.launch_form import OPEN_LAUNCH
from phantombot.messages.listing import agent_named, packed
from phantombot.messages.notify import OPEN_NOTIFY
from phantombot.messages.recent import standing_of
from phantombot.messages.refusals import why_not
from phantombot.messages.watch_form import OPEN_WATCH
from phantombot.phantombuster.account import KeyNote
from phantombot.phantombuster.api import Agent
from phantombot.runs.model import Run
from phantombot.watches.model import Watch

HOME_BACK = "home_back"
HOME_ON = "home_on"
HOME_WANTED = "home_wanted"
HOME_ALL = "home_all"
HOME_ACTIONS = frozenset({HOME_BACK, HOME_ON, HOME_WANTED, HOME_ALL})
"""Actions that change the page or the search of a Home tab."""

AGENTS_SHOWN = 15
"""Agents on one page."""
LONGEST_WANTED = 80
"""The most characters in a search for agents."""
_SHOWN = 20
_LONGEST_LABEL = 75

_WHAT = "I launch Phantombuster agents from Slack and follow each run to its end."
_STORE_KEY = "store the Phantombuster key. Until then, nothing can be launched."
_LET_STORE_KEY = "an admin stores the Phantombuster key: `/phantom key`. Until then, nothing runs."
_TRY_LAUNCH = "launch an agent, here or with `/phantom launch` in a channel."
_TRY_WATCH = "let a channel hear when runs end: type `/phantom watch` there."
_NOT_TO_LAUNCH = "Launching is left to others here. You can follow runs, and watch agents."
_ALL_DONE = "`/phantom help` lists what I know."
_NO_AGENTS_YET = "Loading the agents. They'll show here in a moment."
_NO_AGENTS = "The account has no agents that can be launched from here."


@dataclass(frozen=True)
class Scene:
    """The state of a workspace, which all of its Home tabs show."""

    key: KeyNote | None
    agent_list: AgentList | None
    rules: Rules
    going: tuple[Run, ...]
    elsewhere: tuple[Agent, ...]
    """Agents with runs that were started outside Slack."""
    recent: tuple[Run, ...]
    """Ended runs, newest first."""
    watches: tuple[Watch, ...]
    """Sorted by the agents' names."""


@dataclass(frozen=True)
class Home:
    """What is specific to one member's Home tab; `page` counts pages of agents from 0."""

    admin: bool = False
    may_launch: bool = True
    """They can launch in some channel; else nothing that launches is offered."""
    page: int = 0
    wanted: str = ""
    """The search text for agents."""


def home_view(scene: Scene, home: Home) -> View:
    """Return the Home tab of a member."""
    blocks = [section(f"{_WHAT}\n{_next_step(scene, home)}"), *_account(scene, home), *_runs(scene)]
    if scene.key is not None:
        blocks += _agents(scene, home)
    blocks += _watches(scene)
    if home.admin:
        blocks += _for_admins()
    return {"type": "home", "blocks": blocks}


def home_refused(denial: Denial) -> View:
    """Return the Home tab of somebody who is not allowed to see the workspace's runs."""
    return {"type": "home", "blocks": [section(capitalized(why_not(denial)))]}


def _next_step(scene: Scene, home: Home) -> str:
    """Return the member's next step on the way from installing the app to using it."""
    if scene.key is None:
        return f"*Next:* {_STORE_KEY if home.admin else _LET_STORE_KEY}"
    if not home.may_launch:
        return _NOT_TO_LAUNCH
    if not (scene.going or scene.recent):
        return f"*Next:* {_TRY_LAUNCH}"
    return _ALL_DONE if scene.watches else f"*Next:* {_TRY_WATCH}"


def _account(scene: Scene, home: Home) -> list[Block]:
    note, agent_list = scene.key, scene.agent_list
    if note is None:
        add = button("Add the key", ADD_KEY, "key", style="primary")
        return [actions(add)] if home.admin else []
    stored = f"The key ending in `{escape(note.hint)}` was stored by <@{note.stored_by}>"
    left = agent_list.time_left if agent_list else None
    lines = [f"{stored} on {date(note.stored_at)}. It goes by Phantombuster's API {note.api}."]
    lines += [] if left is None else [f"{duration(left)} of execution time left."]
    row = actions(*_forms(home))
    offer = move_offered().blocks if home.admin and note.can_move else ()
    return [section("\n".join(lines)), row, *offer]


def _forms(home: Home) -> list[Block]:
    """Return the buttons that open the forms that the member can use."""
    launch = button("Launch an agent", OPEN_LAUNCH, NO_CHOICE, style="primary")
    alias = button("Alias", OPEN_ALIAS, "alias")
    watch, notify = button("Watch", OPEN_WATCH, "watch"), button("Notify", OPEN_NOTIFY, "notify")
    return [launch, watch, alias, notify] if home.may_launch else [watch, notify]


def _runs(scene: Scene) -> list[Block]:
    going = [_going(run) for run in scene.going]
    going += [f"{agent_line(agent)} · started elsewhere" for agent in scene.elsewhere]
    ended = [_ended(run) for run in scene.recent]
    return [
        *_listed("Running and queued now", _first(going) or ["Nothing is running or queued."]),
        *_listed("The last runs launched here", ended or ["Nothing has been launched here yet."]),
    ]


def _going(run: Run) -> str:
    return f"{standing_of(run)} · <@{run.user}> {date(run.created_at)}"


def _ended(run: Run) -> str:
    return f"{standing_of(run)} · <@{run.user}> {date(run.ended_at or run.created_at)}"


def _agents(scene: Scene, home: Home) -> list[Block]:
    if scene.agent_list is None:
        return _listed("Agents", [_NO_AGENTS_YET])
    found = list(scene.agent_list.found(home.wanted, scene.rules))
    pages = max(-(-len(found) // AGENTS_SHOWN), 1)
    page = min(home.page, pages - 1)
    first = page * AGENTS_SHOWN
    shown = list(islice(found, first, first + AGENTS_SHOWN))
    which = f"{first + 1} to {first + len(shown)} of {len(found):,}" if found else ""
    return [
        _heading(f"Agents {which}".strip()),
        _search(home.wanted),
        *([] if shown else [section(_none_found(home.wanted))]),
        *(_agent(agent, may_launch=home.may_launch) for agent in shown),
        *_turning(page, pages, home.wanted),
    ]


def _agent(agent: Agent, *, may_launch: bool) -> Block:
    ended = escape(agent.last_end_status or "", 40)
    parts = (agent_named(agent.id, agent.name), f"last run: {ended}" if ended else "")
    line = section(" · ".join(filter(None, parts)))
    if not may_launch:
        return line
    launch = button("Launch", OPEN_LAUNCH, agent.id)
    launch["accessibility_label"] = f"Launch {agent.name}"[:_LONGEST_LABEL]
    return line | {"accessory": launch}


def _none_found(wanted: str) -> str:
    if not wanted:
        return _NO_AGENTS
    return f"No agent matches “{escape(wanted, LONGEST_WANTED)}”. New agents show up soon."


def _search(wanted: str) -> Block:
    typed: Block = {
        "type": "plain_text_input",
        "action_id": HOME_WANTED,
        "max_length": LONGEST_WANTED,
        "placeholder": plain_text("Part of a name, or an id; then Enter"),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    return {
        "type": "input",
        "block_id": HOME_WANTED,
        "dispatch_action": True,
        "optional": True,
        "label": plain_text("Find an agent"),
        "element": typed | ({"initial_value": wanted[:LONGEST_WANTED]} if wanted else {}),
    }


def _turning(page: int, pages: int, wanted: str) -> list[Block]:
    buttons = [
        *([button("Previous page", HOME_BACK, str(page - 1))] if page else []),
        *([button("Next page", HOME_ON, str(page + 1))] if page + 1 < pages else []),
        *([button("Show all agents", HOME_ALL, "all")] if wanted else []),
    ]
    return [actions(*buttons)] if buttons else []


def _watches(scene: Scene) -> list[Block]:
    lines = [_watch(watch) for watch in scene.watches]
    nothing = "No channel watches an agent yet. To start, press *Watch*, above."
    return _listed("Watched agents", _first(lines) or [nothing])


def _watch(watch: Watch) -> str:
    parts = (
        agent_named(watch.agent_id, watch.agent_name),
        place(watch.channel),
        ", ".join(watch.words),
        "no longer at Phantombuster" if watch.gone else "",
        "I can't post there" if watch.stopped else "",
        f"muted until {date(watch.muted_until)}" if watch.muted_until else "",
    )
    return " · ".join(part for part in parts if part)


def _for_admins() -> list[Block]:
    row = actions(
        button("Change the key", ADD_KEY, "key"),
        button("Change access", OPEN_ACCESS, "access"),
        button("Export audit trail", EXPORT_AUDIT, "csv"),
    )
    return [_heading("For admins"), row]


def _first(lines: list[str]) -> list[str]:
    """Return the first lines, and a line that says how many more there are."""
    more = len(lines) - _SHOWN
    return lines if more <= 0 else [*lines[:_SHOWN], f"… and {more} more"]


def _listed(head: str, lines: Sequence[str]) -> list[Block]:
    return [_heading(head), *(section(text) for text in packed(lines, SECTION_LIMIT))]


def _heading(text: str) -> Block:
    return {"type": "header", "text": plain_text(text)}
