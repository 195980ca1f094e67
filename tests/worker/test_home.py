"""App Home: what is shown to whom, and when it is drawn again."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes import Clock, FakeRun
from stage import Stage

from phantombot.access.rules import Person, Rules, Who
from phantombot.database.engine import Database
from phantombot.errors import SlackRefused, SlackUnavailable, StoreUnavailable
from phantombot.messages.home import AGENTS_SHOWN
from phantombot.worker.home import DRAWN_EVERY, LATELY, READ_WITHIN, draw, redraw
from phantombot.worker.home_store import Homes

EVERY = DRAWN_EVERY.total_seconds()


def open_home(stage: Stage, user: str = "U1", **turned: Any) -> None:
    """Open App Home as the web process does."""
    draw(stage.context, stage.context.homes.open("T1", user, stage.clock(), **turned))


def shown(stage: Stage, user: str = "U1") -> str:
    """Return all words in the user's home."""
    view = [view for whose, view in stage.slack.homes if whose == user][-1]
    return json.dumps(view, ensure_ascii=False)


def drawn(stage: Stage, user: str = "U1") -> int:
    return sum(whose == user for whose, _ in stage.slack.homes)


def test_a_home_is_drawn_of_what_is_known_and_again_with_the_agents(stage: Stage):
    open_home(stage)
    assert "`abcd` was stored by <@U0ADA>" in shown(stage)
    assert "Loading the agents" in shown(stage)
    assert stage.phantombuster.calls == []
    stage.process_workspace(EVERY)
    assert "LinkedIn Search (785)" in shown(stage)
    assert "3 h 54 min of execution time left" in shown(stage)
    assert stage.phantombuster.calls == ["account"]
    assert "For admins" not in shown(stage)


def test_a_home_begins_with_what_it_is_and_the_askers_next_step(stage: Stage):
    note = stage.keys.key_note("T1")
    stage.keys.remove_key("T1")
    stage.people.persons["U2"] = Person(admin=True)
    open_home(stage)
    open_home(stage, "U2")
    assert "an admin stores the Phantombuster key: `/phantom key`" in shown(stage)
    assert "*Next:* store the Phantombuster key." in shown(stage, "U2")
    stage.keys.store_key("T1", stage.key, by="U2", at=note.stored_at)
    stage.process_workspace(5)
    assert "*Next:* launch an agent, here or with `/phantom launch`" in shown(stage)
    stage.type()
    stage.process_workspace(5)
    stage.process_workspace(5)
    assert "*Next:* let a channel hear when runs end" in shown(stage)
    stage.watch()
    stage.process_workspace(5)
    assert "*Next:*" not in shown(stage)
    assert "I launch Phantombuster agents from Slack" in shown(stage)


def test_an_admin_s_home_has_what_is_theirs_alone(stage: Stage):
    stage.people.persons["U1"] = Person(admin=True)
    open_home(stage)
    assert "For admins" in shown(stage)
    stage.keys.remove_key("T1")
    stage.process_workspace(EVERY)
    assert "Add the key" in shown(stage)
    assert "Launch an agent" not in shown(stage)


@pytest.mark.parametrize(
    ("rules", "person", "offered"),
    [
        (Rules(), Person(), True),
        (Rules(who=Who.ADMINS), Person(), False),
        (Rules(who=Who.ADMINS), Person(admin=True), True),
        (Rules(who=Who.NAMED, users=("U1",)), Person(), True),
        (Rules(who=Who.NAMED, groups=("S1",)), Person(), False),
        (Rules(channels=("C9",)), Person(), True),
    ],
    ids=str,
)
def test_a_home_offers_to_launch_only_what_its_owner_may(
    stage: Stage, rules: Rules, person: Person, *, offered: bool
):
    stage.poll()
    stage.allow(rules)
    stage.people.persons["U1"] = person
    open_home(stage)
    buttons = ("Launch an agent", "Alias", "Launch LinkedIn Search")
    assert [button in shown(stage) for button in buttons] == [offered] * 3
    assert all(f'"text": "{button}"' in shown(stage) for button in ("Watch", "Notify"))


@pytest.mark.parametrize("person", [Person(guest=True), Person(stranger=True)], ids=str)
def test_guests_and_strangers_see_a_sentence_and_nothing_else(stage: Stage, person: Person):
    stage.type()
    stage.process_workspace()
    stage.people.persons["U9"] = person
    open_home(stage, "U9")
    stage.process_workspace(EVERY)
    ((_, view),) = stage.slack.homes
    assert [block["type"] for block in view["blocks"]] == ["section"]
    assert " use phantombot " in shown(stage, "U9")


def test_who_became_a_guest_sees_the_sentence_in_place_of_the_home(stage: Stage):
    open_home(stage)
    stage.people.persons["U1"] = Person(guest=True)
    stage.process_workspace(EVERY)
    assert "uests can't" in shown(stage)
    assert "abcd" not in shown(stage)


def queued(run: FakeRun) -> FakeRun:
    run.status = "queued"
    return run


def test_a_home_follows_a_run_from_its_beginning_to_its_end(stage: Stage):
    open_home(stage)
    sent = stage.phantombuster.start_elsewhere
    stage.phantombuster.start_elsewhere = lambda *agent: queued(sent(*agent))
    stage.type()
    stage.process_workspace(EVERY)
    assert "⏳ LinkedIn Search (785) · queued · <@U1>" in shown(stage)
    stage.phantombuster.agents["785"].runs[0].status = "running"
    stage.process_workspace(EVERY)
    assert "▶️ LinkedIn Search (785) · running · <@U1>" in shown(stage)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1, 2, 3])
    stage.tend_until_told()
    stage.process_workspace(EVERY)
    assert "✅ LinkedIn Search (785) · finished in 4 min 10 s · 3 results · <@U1>" in shown(stage)
    assert "Nothing is running or queued" in shown(stage)


def test_what_is_unchanged_is_not_drawn_again(stage: Stage):
    open_home(stage)
    stage.process_workspace(EVERY)
    before = drawn(stage)
    open_home(stage)
    assert stage.process_workspace(EVERY) is None
    stage.clock.forward(600)
    open_home(stage)
    assert drawn(stage) == before


def test_however_much_changes_a_home_is_drawn_every_few_seconds(stage: Stage):
    open_home(stage)
    stage.process_workspace(EVERY)
    before = drawn(stage)
    stage.type()
    due = stage.process_workspace()
    assert drawn(stage) == before
    assert due is not None
    assert due - stage.clock() <= DRAWN_EVERY
    stage.process_workspace(EVERY)
    assert drawn(stage) == before + 1


def test_a_home_that_nobody_looks_at_any_more_is_left_as_it_is(stage: Stage):
    open_home(stage)
    stage.clock.forward(LATELY.total_seconds() + 1)
    stage.type()
    stage.process_workspace()
    assert drawn(stage) == 1


def test_each_sees_their_own_page_and_search_also_after_a_redraw(stage: Stage):
    for number in range(2000):
        stage.phantombuster.add(str(1000 + number), f"Agent {number:04}")
    stage.agents.known("T1")
    open_home(stage, "U2")
    open_home(stage, page=1)
    assert f"Agents {AGENTS_SHOWN + 1} to {2 * AGENTS_SHOWN} of 2,001" in shown(stage)
    assert f"Agents 1 to {AGENTS_SHOWN} of 2,001" in shown(stage, "U2")
    open_home(stage, wanted="0042", page=0)
    stage.type()
    stage.process_workspace(EVERY)
    assert "running · <@U1>" in shown(stage)
    assert "Agents 1 to 1 of 1" in shown(stage)
    open_home(stage, page=9999, wanted="")
    assert "to 2001 of 2,001" in shown(stage)
    open_home(stage, wanted="<!channel>", page=0)
    assert "No agent matches “&lt;!channel&gt;”" in shown(stage)
    view = stage.slack.homes[-1][1]
    assert len(view["blocks"]) <= 100


def test_what_channels_watch_is_shown_and_drawn_again_when_that_changes(stage: Stage):
    open_home(stage)
    assert "No channel watches an agent" in shown(stage)
    stage.watch("failure", "empty")
    stage.process_workspace(EVERY)
    assert "LinkedIn Search (785) · <#C1> · failure, empty" in shown(stage)


def test_agents_that_may_not_be_launched_are_not_listed(stage: Stage):
    stage.phantombuster.add("908", "Hello World")
    stage.agents.known("T1")
    stage.allow(Rules(agents=("908",)))
    open_home(stage)
    assert "Hello World (908)" in shown(stage)
    assert "LinkedIn Search" not in shown(stage)


def test_what_was_started_elsewhere_runs_too_and_our_own_is_told_once(stage: Stage):
    stage.phantombuster.add("908", "Hello World")
    stage.phantombuster.start_elsewhere("908")
    stage.type()
    stage.process_workspace()
    open_home(stage)
    stage.process_workspace(EVERY)
    assert "▶️ Hello World (908) · running · started elsewhere" in shown(stage)
    assert shown(stage).count("LinkedIn Search (785) · running") == 1
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0])
    stage.tend_until_told(step=5)
    assert "LinkedIn Search (785) · running · started" not in shown(stage)


def test_a_deleted_agent_is_gone_and_a_renamed_one_has_its_new_name(stage: Stage):
    stage.phantombuster.add("908", "Hello World")
    open_home(stage)
    stage.process_workspace(EVERY)
    del stage.phantombuster.agents["785"]
    stage.phantombuster.agents["908"].name = "Bonjour"
    stage.process_workspace(61)
    assert "LinkedIn" not in shown(stage)
    assert "Bonjour (908)" in shown(stage)


def test_where_slack_asks_for_patience_all_homes_of_the_workspace_wait(stage: Stage):
    open_home(stage)
    open_home(stage, "U2")
    stage.slack.fault("publish", SlackUnavailable("ratelimited", retry_after=30))
    due = stage.process_workspace(EVERY)
    assert due == stage.clock() + timedelta(seconds=30)
    assert len(stage.slack.homes) == 2
    open_home(stage)
    stage.process_workspace(29)
    assert len(stage.slack.homes) == 2
    stage.process_workspace(1)
    assert len(stage.slack.homes) == 4


def test_what_slack_refuses_for_good_is_not_tried_at_each_tick(stage: Stage):
    open_home(stage)
    stage.slack.fault("publish", SlackRefused("not_enabled"))
    assert stage.process_workspace(EVERY) is None
    assert stage.process_workspace(EVERY) is None
    assert len(stage.slack.homes) == 1


def test_while_slack_does_not_say_who_it_is_a_home_stays_as_it_is(stage: Stage):
    open_home(stage)
    stage.type()
    stage.process_workspace()
    stage.allow(Rules(guests=True))
    before = drawn(stage)
    stage.people.faults = [SlackUnavailable("unreachable")]
    stage.process_workspace(EVERY)
    assert drawn(stage) == before


def test_a_home_waits_for_no_phantombuster_and_shows_the_agents_when_they_are_read(stage: Stage):
    waiting: list = []
    stage.agents._in_background = lambda _workspace, work: waiting.append(work)
    open_home(stage)
    due = stage.process_workspace(EVERY)
    assert due == stage.clock() + READ_WITHIN
    assert stage.phantombuster.calls == []
    waiting.pop()()
    assert stage.process_workspace(1) is None
    assert "LinkedIn Search (785)" in shown(stage)


def test_a_home_says_that_slack_is_silent_and_shows_the_runs_once_it_answers(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.people.faults = [SlackUnavailable("unreachable")]
    open_home(stage)
    assert "Slack isn't telling me who you are" in shown(stage)
    assert "LinkedIn Search" not in shown(stage)
    stage.process_workspace(EVERY)
    assert "LinkedIn Search (785) · running" in shown(stage)


def test_a_home_is_redrawn_although_the_clock_was_set_back(stage: Stage):
    open_home(stage)
    stage.context.homes.wait("T1", stage.clock() + DRAWN_EVERY)
    stage.clock.forward(-3600)
    stage.type()
    stage.process_workspace()
    stage.process_workspace(EVERY)
    assert "LinkedIn Search (785) · running" in shown(stage)


def test_a_run_of_long_ago_is_shown_as_long_as_it_goes_on(stage: Stage):
    stage.type(agent="785")
    stage.process_workspace()
    for number in range(50):
        stage.phantombuster.add(str(1000 + number), f"Agent {number}")
        stage.type(agent=str(1000 + number))
    stage.process_workspace()
    for number in range(50):
        stage.phantombuster.finish(stage.phantombuster.agents[str(1000 + number)].runs[0])
    stage.process_workspace(10)
    open_home(stage)
    assert "▶️ LinkedIn Search (785) · running" in shown(stage)


def test_trouble_with_homes_keeps_no_run_from_its_end(stage: Stage):
    number = stage.type()
    open_home(stage)
    stage.slack.fault("publish", *[SlackUnavailable("unreachable")] * 50)
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0])
    for _ in range(5):
        stage.process_workspace(5)
    assert stage.run(number).done


def test_a_fault_of_our_own_in_homes_keeps_no_run_from_its_end(stage: Stage):
    number = stage.type()
    open_home(stage)
    stage.slack.faults["publish"] = [ZeroDivisionError()] * 50
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0])
    stage.tend_until_told(step=5)
    assert stage.run(number).done


def test_of_two_who_draw_at_once_neither_is_believed_until_the_next_drawing(
    database: Database,
):
    homes, clock = Homes(database), Clock()
    home = homes.open("T1", "U1", clock())
    assert homes.drawn(home, "new", clock())
    assert not homes.drawn(home, "old", clock())
    (kept,) = homes.lately("T1", clock() - LATELY)
    assert kept.drawn is None


def test_a_home_turned_while_it_is_drawn_is_drawn_again(database: Database):
    homes, clock = Homes(database), Clock()
    home = homes.open("T1", "U1", clock())
    homes.open("T1", "U1", clock(), page=3)
    assert not homes.drawn(home, "the first page", clock())
    (kept,) = homes.lately("T1", clock() - LATELY)
    assert (kept.page, kept.drawn) == (3, None)


def test_a_turn_that_was_drawn_over_meanwhile_is_not_believed_to_be_shown(database: Database):
    homes, clock = Homes(database), Clock()
    before = homes.open("T1", "U1", clock())
    turned = homes.open("T1", "U1", clock(), page=3)
    assert not homes.drawn(before, "the first page, last", clock())
    assert not homes.drawn(turned, "the third page", clock())
    (kept,) = homes.lately("T1", clock() - LATELY)
    assert (kept.page, kept.drawn) == (3, None)


def test_homes_are_kept_apart_and_forgotten(database: Database):
    homes, clock = Homes(database), Clock()
    homes.open("T1", "U1", clock(), wanted="x")
    homes.open("T2", "U1", clock())
    homes.wait("T1", clock() + DRAWN_EVERY)
    (kept,) = homes.lately("T2", clock() - LATELY)
    assert (kept.wanted, kept.not_before) == ("", None)
    homes.forget(clock() + LATELY)
    assert homes.lately("T1", clock() - LATELY) == []


def test_the_database_s_absence_is_the_caller_s_to_know(stage: Stage):
    class Away(Homes):
        def lately(self, workspace: str, since: object) -> list:
            raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        redraw(replace(stage.context, homes=Away(stage.runs.database)), "T1")
