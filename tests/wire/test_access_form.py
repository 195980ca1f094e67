"""Who may do what: guests and strangers kept out, and rules that admins set in a form."""

import json
from collections.abc import Callable

import pytest
from fakes import key_value
from patience import PATIENCE

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules import DEFAULT, Rules, Who
from phantombot.access.rules_store import KeptRules
from phantombot.processes import utc_now
from phantombot.sandbox.slack import View

from .conftest import Wire
from .gate import Gate
from .pressing import aborts, press, private, told

WHO, PEOPLE, GROUPS, PLACES, AGENTS, GUESTS = (
    f"access_{part}" for part in ("who", "people", "groups", "places", "agents", "guests")
)
LAUNCH = 'launch 908 casperjs {"a": 1}'


def open_form(wire: Wire, user: str = "U0ADA") -> View:
    before = {view.id for view in wire.slack.views()}
    wire.slack.command("access", user=user)
    assert wire.slack.wait_for(
        lambda slack: {view.id for view in slack.views()} != before, PATIENCE
    )
    return next(view for view in wire.slack.views() if view.id not in before)


def shown(wire: Wire) -> str:
    return json.dumps([view.view for view in wire.slack.views()], ensure_ascii=False)


def shows(wire: Wire, text: str) -> bool:
    return wire.slack.wait_for(lambda _: text in shown(wire), PATIENCE)


def allow(wire: Wire, rules: Rules, team: str = "T0SANDBOX") -> None:
    """Store rules, as an admin's form would."""
    access = wire.process.context.access
    entry = AuditEntry(team, utc_now(), "U0ADA", AuditAction.ACCESS_CHANGED)
    assert access.change(KeptRules(rules, access.read(team).version), entry)


def rules_of(wire: Wire, team: str = "T0SANDBOX") -> Rules:
    return wire.process.context.access.rules(team)


def assert_nothing_launched(wire: Wire) -> None:
    assert wire.phantombuster.launches == []
    assert all(wire.slack.messages(channel) == [] for channel in ("C0GENERAL", "C0PAYLOAD"))


def test_a_guest_is_refused_in_private_and_told_who_can_grant_it(wire: Wire):
    wire.slack.command(LAUNCH, user="U0GUS")
    assert told(wire, "Nothing was launched: guests", "`/phantom access`", user="U0GUS")
    assert_nothing_launched(wire)


@pytest.mark.parametrize("role", ["single", "guest"])
@pytest.mark.parametrize("line", ["status", "output 908", "stop 908", "runs"])
def test_a_guest_of_any_kind_sees_nothing(wire: Wire, role: str, line: str):
    wire.slack.add_person("U0SOL", role)
    asked = len(wire.phantombuster.requests)
    wire.slack.command(line, user="U0SOL")
    assert told(wire, "uests can't use phantombot", user="U0SOL")
    assert len(wire.phantombuster.requests) == asked


@pytest.mark.parametrize("line", [LAUNCH, "status", "output 908", "stop 908", "runs"])
def test_a_stranger_of_a_shared_channel_is_refused(wire: Wire, line: str):
    wire.slack.add_person("U0SIA", team="T0ELSEWHERE")
    wire.slack.command(line, user="U0SIA")
    assert told(wire, "nly members of this workspace can use phantombot", user="U0SIA")
    assert_nothing_launched(wire)


@pytest.mark.parametrize("line", ["key", "access", "audit"])
def test_an_admin_of_another_workspace_is_none_here(wire: Wire, line: str):
    wire.slack.add_person("U0SIA", "admin", team="T0ELSEWHERE")
    wire.slack.command(line, user="U0SIA")
    assert told(wire, "Only admins and owners of this workspace", user="U0SIA")
    assert wire.slack.views() == []


def test_an_admin_names_a_member_a_channel_and_an_agent_and_no_other_goes(wire: Wire):
    values = {WHO: "named", PEOPLE: "U0MAX", PLACES: "C0PAYLOAD", AGENTS: "Hello World\n"}
    wire.slack.add_person("U0EVE")
    assert wire.slack.submit(open_form(wire), values).status == 200
    assert shows(wire, "Saved. Who can launch and stop: 1 named person; in 1 channel;")
    wire.slack.command(LAUNCH, user="U0MAX")
    assert told(wire, "can't be launched or stopped in this channel", user="U0MAX")
    wire.slack.command("launch 785", user="U0MAX", channel="C0PAYLOAD")
    assert told(wire, "this agent can't be launched", user="U0MAX")
    wire.slack.command(LAUNCH, user="U0EVE", channel="C0PAYLOAD")
    assert told(wire, "only people named by an admin can", user="U0EVE")
    assert_nothing_launched(wire)
    wire.slack.command(LAUNCH, user="U0MAX", channel="C0PAYLOAD")
    assert wire.says("✅ *Hello World*", channel="C0PAYLOAD")
    assert len(wire.phantombuster.launches) == 1


def test_the_form_shows_what_is_stored_and_what_is_taken_out_is_gone(wire: Wire):
    stored = Rules(Who.NAMED, ("U0MAX",), ("S0OPS",), ("C0PAYLOAD",), ("785", "x"), guests=True)
    allow(wire, stored)
    wire.slack.submit(open_form(wire), {})
    assert shows(wire, "Saved.")
    assert rules_of(wire) == stored
    nothing = {WHO: "everyone", GUESTS: [], PEOPLE: [], GROUPS: [], PLACES: [], AGENTS: ""}
    wire.slack.submit(open_form(wire), nothing)
    assert shows(wire, "everyone; in all channels; all agents; no guests")
    assert rules_of(wire) == DEFAULT


def test_agents_are_kept_by_id_and_shown_by_name(knowing: Wire):
    knowing.slack.submit(open_form(knowing), {AGENTS: "hello world\nLinkedIn Search (785)"})
    assert shows(knowing, "Agents: Hello World (908), LinkedIn Search (785).")
    assert rules_of(knowing).agents == ("908", "785")
    again = open_form(knowing)
    assert "Hello World (908)\\nLinkedIn Search (785)" in json.dumps(again.view)
    del knowing.phantombuster._account.agents["785"]
    knowing.learn_agents()
    knowing.slack.submit(again, {GUESTS: ["guests"]})
    assert shows(knowing, "guests too")
    assert rules_of(knowing).agents == ("908", "785")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("Helo World", "No agent is called “Helo World”. Did you mean Hello World (908)?"),
        ("785\nxyz", "No agent is called “xyz”. If it is new, try again in a moment."),
        ("Twitter Followers", "may be Twitter Followers (901) or Twitter Followers (902)."),
    ],
)
def test_an_agent_that_is_unknown_is_refused_at_its_input_with_the_nearest(
    knowing: Wire, lines: str, said: str
):
    refused = knowing.slack.submit(open_form(knowing), {AGENTS: lines})
    assert said in refused.body["errors"][AGENTS]
    assert rules_of(knowing) == DEFAULT


def test_an_agent_is_looked_up_where_the_list_is_not_known_yet(wire: Wire):
    gate = Gate("/user")  # what the form asks for must not be there when it is submitted
    wire.phantombuster.watch(gate)
    wire.slack.submit(open_form(wire), {AGENTS: "Helo World"})
    gate.open()
    assert shows(wire, "⚠️ No agent is called “Helo World”. Did you mean Hello World (908)?")
    assert "Helo World" in shown(wire)
    assert rules_of(wire) == DEFAULT


def test_without_a_key_no_agent_can_be_named(wire: Wire):
    wire.process.context.keys.remove_key("T0SANDBOX")
    wire.slack.submit(open_form(wire), {AGENTS: "Hello World"})
    assert shows(wire, "No Phantombuster key is stored yet")
    assert rules_of(wire) == DEFAULT


@pytest.mark.parametrize(
    ("user", "role", "team", "said"),
    [
        ("U0BOT", "bot", "", "<@U0BOT> is a bot"),
        ("U0OUT", "deactivated", "", "<@U0OUT> is deactivated"),
        ("U0SIA", "member", "T0ELSEWHERE", "<@U0SIA> is not a member of this workspace"),
        ("U0GST", "guest", "", "<@U0GST> is a guest"),
    ],
)
def test_people_who_could_not_launch_are_refused_above_their_input(
    wire: Wire, user: str, role: str, team: str, said: str
):
    wire.slack.add_person(user, role, **({"team": team} if team else {}))
    wire.slack.submit(open_form(wire), {WHO: "named", PEOPLE: ["U0MAX", user]})
    assert shows(wire, f"⚠️ {said}")
    assert '"initial_users": ["U0MAX", "' in shown(wire)
    assert rules_of(wire) == DEFAULT


def test_a_channel_that_the_bot_can_t_post_in_is_said(wire: Wire):
    values = {WHO: "named", PEOPLE: ["U0MAX"], PLACES: ["C0PRIVATE", "C0GENERAL"]}
    wire.slack.submit(open_form(wire), values)
    assert shows(wire, "I can't post in <#C0PRIVATE> yet. There, type `/invite @phantombot`.")
    assert shows(wire, "People: <@U0MAX>.")
    assert rules_of(wire).channels == ("C0PRIVATE", "C0GENERAL")


def test_a_member_of_a_named_user_group_may_and_others_may_not(wire: Wire):
    wire.slack.add_person("U0EVE")
    wire.slack.submit(open_form(wire), {WHO: "named", GROUPS: ["S0OPS"]})
    assert shows(wire, "User groups: @ops.")
    wire.slack.command(LAUNCH, user="U0EVE")
    assert told(wire, "only people named by an admin", user="U0EVE")
    wire.slack.command(LAUNCH, user="U0MAX")
    assert wire.says("✅")


def test_a_user_group_that_was_disabled_while_the_form_was_open_is_not_named(wire: Wire):
    form = open_form(wire)
    wire.slack._workspace.groups.clear()
    wire.slack.submit(form, {WHO: "named", PEOPLE: ["U0MAX"], GROUPS: ["S0OPS"]})
    assert shows(wire, "⚠️ A user group that you chose was disabled or deleted")
    assert '"initial_users": ["U0MAX"]' in shown(wire)
    assert rules_of(wire) == DEFAULT


def test_user_groups_that_slack_does_not_tell_stay_as_they_were(wire: Wire):
    allow(wire, Rules(Who.NAMED, groups=("S0OPS",)))
    wire.slack.fail("usergroups.list", "missing_scope")
    view = open_form(wire)
    assert "User groups" not in shown(wire)
    wire.slack.submit(view, {AGENTS: "908"})
    assert shows(wire, "Saved.")
    assert rules_of(wire) == Rules(Who.NAMED, groups=("S0OPS",), agents=("908",))


def test_of_two_admins_the_second_to_save_sees_what_the_first_saved(wire: Wire):
    wire.slack.add_person("U0OLA", "admin")
    first, second = open_form(wire), open_form(wire, "U0OLA")
    wire.slack.submit(first, {WHO: "admins"})
    assert shows(wire, "Saved.")
    wire.slack.submit(second, {AGENTS: "908"}, user="U0OLA")
    assert shows(wire, "Somebody else changed these rules")
    assert rules_of(wire) == Rules(Who.ADMINS)
    again = next(view for view in wire.slack.views() if view.id == second.id)
    wire.slack.submit(again, {AGENTS: "908"}, user="U0OLA")
    assert shows(wire, "Saved. Who can launch and stop: admins; in all channels; 1 agent")
    assert rules_of(wire) == Rules(Who.ADMINS, agents=("908",))


@pytest.mark.parametrize(
    ("values", "at", "sentence"),
    [
        ({WHO: "named"}, PEOPLE, "Name a person"),
        ({AGENTS: "\n".join(map(str, range(101)))}, AGENTS, "At most 100"),
        ({AGENTS: "x" * 151}, AGENTS, "At most 100"),
    ],
)
def test_what_cannot_be_meant_is_said_at_its_input(
    wire: Wire, values: dict[str, str], at: str, sentence: str
):
    delivery = wire.slack.submit(open_form(wire), values)
    assert sentence in delivery.body["errors"][at]
    assert rules_of(wire) == DEFAULT


def test_a_member_gets_no_form(wire: Wire):
    wire.slack.command("access", user="U0MAX")
    assert told(wire, "Only admins and owners", user="U0MAX")
    assert wire.slack.views() == []


def test_a_form_sent_in_by_a_member_changes_nothing(wire: Wire):
    wire.slack.submit(open_form(wire), {GUESTS: ["guests"]}, user="U0MAX")
    assert shows(wire, "Only admins and owners")
    assert rules_of(wire) == DEFAULT


def test_a_form_that_slack_opens_too_late_is_offered_by_a_button_to_admins(wire: Wire):
    wire.slack.fail("views.open", "expired_trigger_id")
    wire.slack.command("access")
    assert told(wire, "Press the button to open it")
    (offer,) = private(wire, "Press the button to open it")
    wire.slack.press(offer, "open_access", user="U0MAX")
    assert told(wire, "Only admins and owners", user="U0MAX")
    wire.slack.press(offer, "open_access")
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)


def test_slack_not_saying_who_is_an_admin_saves_nothing(wire: Wire):
    view = open_form(wire)
    wire.slack.fail("users.info", "internal_error")
    wire.slack.submit(view, {WHO: "admins"})
    assert shows(wire, "Slack isn't answering right now")
    assert rules_of(wire) == DEFAULT


def test_run_again_and_the_stop_button_obey_the_rules(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, speed=1)
    wire.start()
    wire.slack.command("launch 903", user="U0MAX")
    assert wire.says("▶️")
    message, number = wire.slack.messages()[-1], "1"
    allow(wire, Rules(Who.ADMINS))
    for action_id in ("stop_run", "run_again"):
        press(wire, message, action_id, number, user="U0MAX")
    own = private(wire, "Launching 903", user="U0MAX")[0]
    press(wire, own, "stop_all", "903", user="U0MAX")
    assert wire.slack.wait_for(
        lambda _: len(private(wire, "only admins of this workspace", user="U0MAX")) == 3, PATIENCE
    )
    assert (aborts(wire), len(wire.phantombuster.launches)) == (0, 1)
    press(wire, message, "show_output", number, user="U0GUS")
    assert told(wire, "Guests can't use phantombot", user="U0GUS")
    press(wire, message, "stop_run", number)
    assert told(wire, "Stopped:")


def test_guests_that_an_admin_lets_launch_do(wire: Wire):
    wire.slack.submit(open_form(wire), {GUESTS: ["guests"]})
    assert shows(wire, "guests too")
    wire.slack.command(LAUNCH, user="U0GUS")
    assert wire.says("✅")


def test_the_rules_of_one_workspace_are_not_anothers(wire: Wire):
    (channel,) = wire.slack.add_team("T0042")
    wire.process.context.keys.store_key(
        "T0042", key_value(wire.process.context.keys, "T0SANDBOX"), by="U0ADA", at=utc_now()
    )
    allow(wire, Rules(Who.ADMINS, agents=("785",)))
    wire.slack.command(LAUNCH, user="U0MAX", channel=channel)
    assert wire.says("✅", channel=channel)
    wire.slack.command(LAUNCH, user="U0MAX")
    assert told(wire, "only admins of this workspace can launch", user="U0MAX")
    assert rules_of(wire, "T0042") == DEFAULT


def test_a_silent_slack_delays_no_acknowledgement_and_launches_nothing_unseen(wire: Wire):
    gate = Gate("/users.info")
    wire.slack._server.watch = gate
    assert wire.slack.command(LAUNCH, user="U0GUS").status == 200
    assert gate.holds(1)
    assert "users.info" not in [call.method for call in wire.slack.calls]
    gate.open()
    assert told(wire, "Nothing was launched: guests", user="U0GUS")
    assert_nothing_launched(wire)


def test_who_cannot_be_known_for_a_minute_reads_so(wire: Wire):
    wire.slack.fail("users.info", "internal_error", times=None)
    wire.slack.command(LAUNCH, user="U0MAX")
    assert told(wire, "Nothing was launched: Slack isn't telling me", user="U0MAX")
    assert_nothing_launched(wire)
