"""Stand-ins for the outside world, written by hand, that remember what was asked of them."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from phantombot.access.api_keys import ApiKeys
from phantombot.access.rules import Person
from phantombot.errors import AgentNotFound, Error, NotAtHand, PhantombusterError, SlackError
from phantombot.messages.blocks import File, Message
from phantombot.phantombuster.account import Api, ApiKey
from phantombot.phantombuster.api import Account, Agent, Container, Output, Progress
from phantombot.slack.client import Posted

KEY = "K3yOfTheTests-abcd"


def key_value(keys: ApiKeys, workspace: str) -> str | None:
    """Return the stored key itself."""
    key = keys.key(workspace)
    return key.value if key else None


def sealed_by_an_earlier_release(secret: str, workspace: str, text: str) -> str:
    """Return a value bound to its workspace alone."""
    info = f"phantombot/seal/{workspace}".encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
    return Fernet(urlsafe_b64encode(derived)).encrypt(text.encode("latin-1")).decode()


class Clock:
    """Stands still until told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class FakeRun:
    container_id: str
    number: int
    queued_at: datetime
    status: str = "running"
    exit_code: int | None = None
    said: str = ""
    end_status: str = ""
    result: Any = None
    console: str = ""
    progress: Progress | None = None
    tag: str = ""
    end_type: str = "finished"
    lasts: float = 250
    """Seconds from its start to its end."""


@dataclass
class FakeAgent:
    id: str
    name: str
    runs: list[FakeRun] = field(default_factory=list)
    fails_to_start: str = ""


class FakePhantombuster:
    """An account whose runs go on only when the test says so, of form "later", "2014" or "v2"."""

    def __init__(self, clock: Clock, form: str = "later") -> None:
        self.clock, self.form, self.key = clock, form, KEY
        self.agents = {"785": FakeAgent("785", "LinkedIn Search")}
        self.launches: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.from_positions: list[str] = []
        self.faults: dict[str, list[PhantombusterError | None]] = {}
        self.time_left: int | None = 14087
        self.clock_ahead = timedelta()
        self.results_asked = 0
        self.result_error: PhantombusterError | None = None
        """What each question for a result is answered with."""
        self.launch_acts_before_its_fault = False
        self.abort_acts_before_its_fault = False
        self.stubborn = False
        """Whether scripts don't end when they are asked to."""
        self._ids = iter(range(76426, 99999))

    def add(self, agent_id: str, name: str) -> FakeAgent:
        self.agents[agent_id] = FakeAgent(agent_id, name)
        return self.agents[agent_id]

    def fault(self, method: str, *errors: PhantombusterError) -> None:
        self.faults[method] = list(errors)

    def fault_after(self, good: int, method: str, *errors: PhantombusterError) -> None:
        """Do as `fault`, after so many calls that succeed."""
        self.faults[method] = [None] * good + list(errors)

    def start_elsewhere(self, agent_id: str = "785") -> FakeRun:
        agent = self.agents[agent_id]
        run = FakeRun(str(next(self._ids)), len(agent.runs) + 1, self.clock())
        agent.runs.append(run)
        return run

    def finish(self, run: FakeRun, exit_code: int = 0, result: Any = None, **said: str) -> None:
        run.status, run.exit_code, run.result = "not running", exit_code, result
        run.end_status = "success" if exit_code == 0 else "error"
        run.said = said.get("said", f"Agent finished with exit code {exit_code}")
        run.console = said.get("console", "") + f"\n* Process finished (exit code: {exit_code})"

    def account(self, key: ApiKey) -> Account:
        self._called("account")
        return self.listed()

    def listed(self) -> Account:
        agents = tuple(self._entry(agent) for agent in self.agents.values())
        return Account(agents, self.time_left, self._running() if self.form == "v2" else None)

    def running(self, key: ApiKey) -> frozenset[str] | None:
        if key.api is Api.V1:
            return None
        self._called("running")
        return self._running()

    def _running(self) -> frozenset[str]:
        runs = [run for agent in self.agents.values() for run in agent.runs]
        return frozenset(run.container_id for run in runs if run.status != "not running")

    def tagged(self, key: ApiKey, agent_id: str, tag: str) -> str | None:
        self._called("tagged")
        tagged = [run for run in self._agent(agent_id).runs if run.tag == tag]
        return tagged[0].container_id if tagged else None

    def output(
        self,
        key: ApiKey,
        agent_id: str,
        *,
        container_id: str | None = None,
        launch_number: int | None = None,
        from_position: str = "",
        result: bool = False,
        largest: int | None = None,
    ) -> Output:
        self._called("output")
        self.results_asked += result
        if result and self.result_error is not None:
            raise self.result_error
        self.from_positions.append(from_position)
        agent = self._agent(agent_id)
        runs = [
            run
            for run in agent.runs
            if container_id in (None, run.container_id) and launch_number in (None, run.number)
        ]
        run = runs[-1] if runs else None
        if key.api is Api.V2:
            return self._output_in_v2(agent, run, from_position, result)
        later = self.form != "2014"
        return Output(
            status=run.status if run else "not running",
            launch_number=None if later or not run else run.number,
            container_id=run.container_id if run and later else None,
            running=sum(r.status == "running" for r in agent.runs) if later else None,
            queued=sum(r.status == "queued" for r in agent.runs) if later else None,
            progress=self._progress(run) if run and later else None,
            console=run.console[int(from_position or 0) :] if run else "",
            console_position=str(len(run.console) if run else 0),
            result=json.dumps(run.result) if run and result and run.result is not None else None,
            tells_results=later,
        )

    def _output_in_v2(
        self, agent: FakeAgent, run: FakeRun | None, from_position: str, result: bool
    ) -> Output:
        if run is None:
            return Output(status="not running")
        whole = result or run is not agent.runs[-1]
        ended = run.status == "not running"
        return Output(
            status=run.status,
            container_id=run.container_id,
            progress=None if whole or ended else run.progress,
            console=run.console if whole else run.console[int(from_position or 0) :],
            console_position=None if whole else str(len(run.console)),
            result=json.dumps(run.result) if result and run.result is not None else None,
            ended=self._container(run) if ended else None,
        )

    def containers(self, key: ApiKey, agent_id: str) -> tuple[Container, ...]:
        self._called("containers")
        ended = [run for run in self._agent(agent_id).runs if run.status == "not running"]
        return tuple(self._container(run) for run in reversed(ended))

    def launch(
        self,
        key: ApiKey,
        agent_id: str,
        *,
        command: str | None,
        argument: str | None,
        save: bool,
        tag: str = "",
    ) -> str | None:
        self.calls.append("launch")
        error = self._fault("launch")
        if error and not self.launch_acts_before_its_fault:
            raise error
        agent = self._agent(agent_id)
        self.launches.append(
            {"agent": agent_id, "command": command, "argument": argument, "save": save}
        )
        run = None if agent.fails_to_start else self.start_elsewhere(agent_id)
        if run and key.api is Api.V2:
            run.tag = tag
        if error:
            raise error
        return run.container_id if run and self.form != "2014" else None

    @property
    def clock_offset(self) -> timedelta:
        return self.clock_ahead

    def abort(self, key: ApiKey, agent_id: str, *, softly: bool = False) -> None:
        self.calls.append("abort softly" if softly else "abort")
        error = self._fault("abort")
        if error and not self.abort_acts_before_its_fault:
            raise error
        for run in self._agent(agent_id).runs:
            if run.status != "not running" and not (softly and self.stubborn):
                run.end_type = "killed"
                run.status, run.end_status, run.said = "not running", "error", "Agent killed"
                run.console += "\n* Process killed"
        if error:
            raise error

    def _progress(self, run: FakeRun) -> Progress | None:
        """Return a running run's progress, which has at least its duration."""
        if run.progress is not None or run.status != "running":
            return run.progress
        return Progress(None, None, int((self.clock() - run.queued_at).total_seconds()))

    def _called(self, method: str) -> None:
        self.calls.append(method)
        error = self._fault(method)
        if error is not None:
            raise error

    def _fault(self, method: str) -> PhantombusterError | None:
        return self.faults[method].pop(0) if self.faults.get(method) else None

    def _agent(self, agent_id: str) -> FakeAgent:
        if agent_id not in self.agents:
            raise AgentNotFound(status=404)
        return self.agents[agent_id]

    def _entry(self, agent: FakeAgent) -> Agent:
        last = next((run for run in reversed(agent.runs) if run.status == "not running"), None)
        going = [run for run in agent.runs if run.status != "not running"]
        status, said = (last.end_status, last.said) if last else (None, None)
        if agent.fails_to_start:
            status, said = "launch failed", agent.fails_to_start
        return Agent(
            id=agent.id,
            name=agent.name,
            running=sum(run.status == "running" for run in agent.runs),
            queued=sum(run.status == "queued" for run in agent.runs),
            progress=going[-1].progress if going and self.form != "v2" else None,
            last_end_status=status,
            last_end_message=said,
        )

    def _container(self, run: FakeRun) -> Container:
        return Container(
            id=run.container_id,
            queued_at=run.queued_at,
            launched_at=run.queued_at,
            ended_at=run.queued_at + timedelta(seconds=run.lasts),
            launch_number=run.number,
            exit_code=run.exit_code,
            end_status=None if self.form == "v2" else run.end_status,
            end_message=None if self.form == "v2" else run.said,
            end_type=run.end_type if self.form == "v2" else None,
        )


@dataclass(frozen=True)
class Shown:
    """A message as it stands in a channel."""

    channel: str
    ts: str
    message: Message
    edits: int = 0
    thread: str | None = None
    broadcast: bool = False
    run: str = ""


class FakeSlack:
    """Channels, direct messages and whispers of one workspace."""

    def __init__(self) -> None:
        self.shown: dict[str, Shown] = {}
        self.history: list[str] = []
        self.whispers: list[tuple[str, Message]] = []
        self.deleted: list[str] = []
        """The response_urls through which their message was deleted."""
        self.files: list[tuple[Posted, File]] = []
        self.refused: list[str] = []
        """The channels of calls that were answered with an error."""
        self.homes: list[tuple[str, dict[str, Any]]] = []
        """Each view that was published, and for whom."""
        self.posted_at = 1_700_000_000
        """When it takes posts, in whole seconds, by which they are named."""
        self.views: list[dict[str, Any]] = []
        """Each form as it was changed after the acknowledgement."""
        self.admins = {"U0ADA"}
        self.faults: dict[str, list[SlackError]] = {}
        self.closed: dict[str, SlackError] = {}
        """Channels that answer each post and edit with an error."""

    def fault(self, method: str, *errors: SlackError) -> None:
        self.faults[method] = list(errors)

    def texts(self, channel: str = "C1") -> list[str]:
        return [
            shown.message.text
            for shown in self.shown.values()
            if shown.channel == channel and shown.thread is None
        ]

    def replies(self, text: str) -> list[str]:
        """Return the words of the blocks in the thread under the message that says `text`."""
        parents = {ts for ts, shown in self.shown.items() if text in shown.message.text}
        return [
            "\n".join(map(_words, shown.message.blocks))
            for shown in self.shown.values()
            if shown.thread in parents
        ]

    def post(
        self,
        workspace: str,
        channel: str,
        message: Message,
        *,
        thread: str | None = None,
        broadcast: bool = False,
        run: str = "",
    ) -> Posted:
        self._refuse("post_reply" if thread else "post", channel)
        home = f"D{channel[1:]}" if channel.startswith("U") else channel
        posted = Posted(home, f"{self.posted_at}.{len(self.shown):06}")
        shown = Shown(home, posted.ts, message, thread=thread, broadcast=broadcast, run=run)
        self.shown[posted.ts] = shown
        if thread is None:
            self.history.append(message.text)
        return posted

    def upload(self, workspace: str, posted: Posted, file: File) -> None:
        self._refuse("upload", posted.channel)
        self.files.append((posted, file))

    def edit(self, workspace: str, posted: Posted, message: Message) -> None:
        self._refuse("edit", posted.channel)
        shown = self.shown[posted.ts]
        self.shown[posted.ts] = replace(shown, message=message, edits=shown.edits + 1)
        self.history.append(message.text)

    def respond_ephemeral(self, workspace: str, response_url: str, message: Message) -> None:
        self._refuse("whisper", "")
        self.whispers.append((response_url, message))

    def delete_original(self, response_url: str) -> None:
        self._refuse("delete_original", "")
        self.deleted.append(response_url)

    def is_admin(self, workspace: str, user: str) -> bool:
        self._refuse("is_admin", "")
        return user in self.admins

    def update_view(self, workspace: str, view_id: str, view: dict[str, Any]) -> None:
        self._refuse("update_view", "")
        self.views.append(view)

    def groups(self, workspace: str) -> list[tuple[str, str]]:
        self._refuse("groups", "")
        return []

    def sees(self, workspace: str, channel: str) -> bool:
        self._refuse("sees", "")
        return True

    def publish(self, workspace: str, user: str, view: dict[str, Any]) -> None:
        self._refuse("publish", "")
        self.homes.append((user, view))

    def _refuse(self, method: str, channel: str) -> None:
        if self.faults.get(method):
            raise self.faults[method].pop(0)
        if channel in self.closed:
            self.refused.append(channel)
            raise self.closed[channel]


def _words(block: dict[str, Any]) -> str:
    if block["type"] in ("table", "data_table"):
        return "\n".join(" · ".join(cell["text"] for cell in row) for row in block["rows"])
    return block["text"]["text"]


class FakePeople:
    """Whoever is not named otherwise is a full member."""

    def __init__(self) -> None:
        self.persons: dict[str, Person] = {}
        self.groups: dict[str, frozenset[str]] = {}
        self.faults: list[Error] = []
        self.asked: list[str] = []
        self.addresses: str | Error = "https://acme.slack.com/"

    def address(self, workspace: str) -> str:
        if isinstance(self.addresses, Error):
            raise self.addresses
        return self.addresses

    def person(self, workspace: str, user: str) -> Person:
        self.asked.append(user)
        if self.faults:
            raise self.faults.pop(0)
        return self.persons.get(user, Person(name="Max"))

    @property
    def at_hand(self) -> Self:
        """Return itself: everybody is cached, unless Slack is about to fail."""
        remembered = copy(self)
        remembered.asked = []  # nobody is
        remembered.faults = [NotAtHand("Slack") for _ in self.faults]
        return remembered

    def group_members(self, workspace: str, group: str) -> frozenset[str]:
        self.asked.append(group)
        if self.faults:
            raise self.faults.pop(0)
        return self.groups.get(group, frozenset())


class FakeFigures:
    """Remembers what was counted."""

    def __init__(self) -> None:
        self.counted: list[str] = []

    def launched(self, heard: str) -> None:
        self.counted.append(f"launched: {heard}")

    def ended(self, kind: str) -> None:
        self.counted.append(f"ended: {kind}")


class InlinePool:
    """Does the work before it returns."""

    def submit(self, _workspace: str, work: Callable[[], object]) -> None:
        work()
