"""Every button and menu of all that the bot shows answers whoever presses it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from patience import PATIENCE, becomes
from walking import Walk

from phantombot.commands import specs
from phantombot.sandbox.page.bad_days import BAD_DAYS
from phantombot.sandbox.page.shortcuts import shortcuts
from phantombot.sandbox.phantombuster import DEFAULT_FORM
from phantombot.sandbox.phantombuster.agents import numbered
from phantombot.sandbox.trial import Trial

SPEED = 10.0
ROUNDS = 4
"""How often a scene is played: what a press takes away is pressed in the next round."""

Scene = Callable[[Trial], None]


@contextmanager
def sandbox(folder: Path, form: str) -> Iterator[Trial]:
    folder.mkdir()
    trial = Trial(0, str(folder), form, speed=SPEED)
    trial.slack._courier.patience = PATIENCE
    trial.start()
    try:
        yield trial
    finally:
        trial.stop()


def until(true: Callable[[], object]) -> None:
    assert becomes(true)


def settled(trial: Trial) -> bool:
    return Walk().finds(trial) or not trial.busy()


def typed(*lines: str, channel: str = "C0GENERAL") -> Scene:
    """Type commands, and wait after each until there is something to press, or nothing to come."""

    def scene(trial: Trial) -> None:
        for line in lines:
            before = shown(trial)
            assert trial.slack.command(line, channel=channel).error is None
            until(lambda before=before: shown(trial) != before and settled(trial))

    return scene


def shown(trial: Trial) -> tuple[int, int]:
    return len(trial.slack._workspace.messages), len(trial.slack.views())


def ended(*lines: str) -> Scene:
    """Type commands, and wait until nothing runs any more and all of it is told."""

    def scene(trial: Trial) -> None:
        typed(*lines)(trial)
        until(lambda: not trial.busy())

    return scene


def after(prepare: Scene, scene: Scene) -> Scene:
    def both(trial: Trial) -> None:
        prepare(trial)
        scene(trial)

    return both


def at_home(trial: Trial) -> None:
    trial.slack.open_home()
    until(trial.slack.homes)


def written(text: str, channel: str) -> Scene:
    def scene(trial: Trial) -> None:
        trial.slack.write(text, channel=channel)
        until(lambda: len(trial.slack._workspace.said_in(channel)) > 1)
        until(lambda: not trial.busy())

    return scene


def watched(trial: Trial) -> None:
    typed("watch 908 success", "watch 905")(trial)
    before = len(trial.slack.messages())
    trial.phantombuster.launch_elsewhere("908", "905")
    until(lambda: len(trial.slack.messages()) >= before + 2)


def watched_elsewhere(trial: Trial) -> None:
    """Launch a run in one channel whose agent another channel watches."""
    typed("watch 905", channel="C0PAYLOAD")(trial)
    ended("launch 905")(trial)
    until(lambda: trial.slack.messages("C0PAYLOAD"))


def with_many_agents(trial: Trial) -> None:
    trial.phantombuster._account.agents |= {one.id: one for one in numbered(120)}


def invited(trial: Trial) -> None:
    trial.slack.invite("C0PRIVATE")
    until(lambda: len(trial.slack.messages("C0PRIVATE")) > 1)


def used(callback_id: str, kind: str) -> Scene:
    def scene(trial: Trial) -> None:
        message = trial.slack.write("785") if kind == "message" else None
        trial.slack.shortcut(callback_id, message=message)
        until(trial.slack.views)

    return scene


def without_key(trial: Trial) -> None:
    trial.bot.context.keys.remove_key("T0SANDBOX")


def used_up(trial: Trial) -> None:
    trial.phantombuster.spoil_runs(used_up=True)


def bad_day(name: str) -> Scene:
    def scene(trial: Trial) -> None:
        panel = trial.slack._page.panel
        assert panel is not None
        panel.switch({"name": name, "on": True})

    return scene


def on_v2(trial: Trial) -> None:
    trial.phantombuster.switch("v2")


DAYS = {one.name: one.title for one in BAD_DAYS if one.name not in ("500", "slow", "patience")}
"""Those on which an answer comes soon."""
LAUNCHED = {name: day for name, day in DAYS.items() if name != "html"}
"""Those on which it is soon known, too, how a run goes on."""
COMMANDS = {line: typed(line) for spec in specs() for line in (spec.name, spec.example)}
SCENES: dict[str, Scene] = {
    **COMMANDS,
    **{f"shortcut {one['name']}": used(one["callback_id"], one["type"]) for one in shortcuts()},
    "a run that goes on": typed("launch 903"),
    "a run that goes on, and another": typed("launch 903", "launch 903"),
    "runs that ended in all ways": ended(*(f"launch {one}" for one in (785, 904, 905, 906, 907))),
    "an agent's last run": after(ended("launch 785"), typed("status 785", "output 785", "runs")),
    "a name of two": typed("launch Twitter Followers"),
    "a name of two, stopped": typed("stop Twitter Followers"),
    "a name misspelt": typed("launch LinkedIn Serch"),
    "an argument with a fault": typed('launch 785 {"a": }'),
    "an engine misspelt": typed("launch 785 caspejs"),
    "stopping what runs": after(typed("launch 903"), typed("stop 903", "status")),
    "watched ends": watched,
    "watches": after(typed("watch 785", "mute 785 2h"), typed("watches")),
    "aliases": after(typed("alias leads LinkedIn Search"), typed("alias", "launch leads")),
    "key remove": typed("key remove"),
    "home": after(ended("launch 785"), after(typed("launch 903"), at_home)),
    "home without a key": after(without_key, at_home),
    "a launch without a key": after(without_key, typed("launch 785")),
    "home that can move to v2": after(on_v2, at_home),
    "time used up": after(used_up, typed("launch 785")),
    **{
        f"{day}, launched": after(bad_day(name), typed("launch 785"))
        for name, day in LAUNCHED.items()
    },
    **{f"{day}, at home": after(bad_day(name), at_home) for name, day in DAYS.items()},
    "where the bot isn't": typed("launch 908", channel="C0PRIVATE"),
    "a direct message": written("launch 908", "D0ADA"),
    **{f"a direct message: {one.name}": written(one.name, "D0ADA") for one in specs()},
    "an end watched elsewhere": watched_elsewhere,
    "a page of many agents": after(with_many_agents, typed("agents")),
    "home with many agents": after(with_many_agents, at_home),
    "a mention": written("@phantombot launch 908", "C0GENERAL"),
    "an invitation": invited,
}
ON_V2 = ("a run that goes on", "stopping what runs", "home", "runs that ended in all ways")


@pytest.mark.parametrize(
    ("scene", "form"),
    [(scene, DEFAULT_FORM) for scene in SCENES] + [(scene, "v2") for scene in ON_V2],
)
def test_whatever_can_be_pressed_has_an_answer_that_is_seen(
    scene: str, form: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    walk = Walk()
    for number in range(ROUNDS):
        with sandbox(tmp_path / str(number), form) as trial:
            SCENES[scene](trial)
            walk.through(trial)
            errors = [one for one in caplog.records if one.levelno >= logging.ERROR]
            assert [one.getMessage() for one in errors] == []
        caplog.clear()  # of what a sandbox says that is stopped in the middle
        if not walk.left:
            break
    assert walk.unpressable == set()
