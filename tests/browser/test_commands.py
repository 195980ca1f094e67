"""What somebody does in a channel, and sees there."""

import re

from playwright.sync_api import expect

from phantombot.sandbox.trial import Trial

from .conftest import Open


def test_a_command_is_typed_and_its_run_is_followed_to_its_end_and_one_too_many_is_refused(
    visit: Open, trial: Trial
):
    ada = visit()
    ada.type('/phantom launch 903 casperjs {"square": 1}')
    ada.sees("Google Maps Extractor", "running")
    ada.type('/phantom launch 903 casperjs {"square": 2}')
    ada.sees("Google Maps Extractor", "nothing was launched", "limit on parallel runs", "@ada")
    ada.shoot("refused")
    trial.phantombuster.finish("903")
    ada.sees("Google Maps Extractor", "finished", "180 results", "(edited)")
    expect(ada.page.get_by_text("square")).to_have_count(0)
    ada.shoot("finished")


def test_the_thread_of_a_run_holds_its_console_and_its_result(visit: Open):
    ada = visit()
    ada.type("/phantom launch 785")
    ada.page.get_by_role("button", name="2 replies").click()
    thread = ada.page.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("Saved all results to result.csv")
    thread.get_by_text("Result (result-785-").click()
    expect(thread.get_by_text("https://www.linkedin.com/in/person-100/")).to_be_visible()
    with ada.page.expect_download() as download:
        thread.get_by_role("link", name="Download the whole file").click()
    assert download.value.suggested_filename.startswith("result-785-")
    thread.get_by_role("textbox", name="Reply").fill("thanks")
    thread.get_by_role("textbox", name="Reply").press("Enter")
    expect(thread.get_by_role("article", name="ada")).to_contain_text("thanks")
    ada.shoot("thread")


def test_stop_asks_and_then_stops(visit: Open, trial: Trial):
    ada = visit()
    ada.type("/phantom launch 903")
    ada.press("Stop")
    question = ada.page.get_by_role("dialog", name="Stop it?")
    ada.shoot("stop")
    question.get_by_role("button", name="Keep it running").click()
    expect(question).to_be_hidden()
    assert len(trial.phantombuster.running()) == 1
    ada.press("Stop")
    question.get_by_role("button", name="Stop").click()
    ada.sees("Google Maps Extractor", "stopped", "@ada")
    assert trial.phantombuster.running() == []


def test_a_member_and_a_guest_are_refused_what_is_not_theirs(visit: Open, trial: Trial):
    member = visit("U0MAX")
    member.type("/phantom key")
    member.sees("Only admins and owners")
    member.page.get_by_role("radio", name="gus").check()
    member.type("/phantom launch 785")
    member.sees("guests can't use phantombot")
    member.shoot("refused")
    assert trial.phantombuster.launches == []


def test_what_one_person_alone_is_told_no_other_sees(visit: Open):
    ada, max_ = visit(), visit("U0MAX")
    ada.type("/phantom help")
    ada.sees("Only visible to you", "starts an agent")
    ada.type("hello")
    max_.sees("hello")
    expect(max_.page.get_by_role("article")).to_have_count(1)


def test_on_a_bad_day_the_message_says_what_happened_and_what_to_do(visit: Open):
    ada = visit()
    ada.open_pane("Phantombuster")
    for day, agent, says in (
        ("Phantombuster is down", "LinkedIn Search", "hasn't answered for over a minute"),
        ("The session cookie expired", "LinkedIn Profile Scraper", "session cookie expired"),
        ("Execution time is used up", "Hello World", "execution time is used up"),
    ):
        ada.bad_day(day)
        expect(ada.page.get_by_title("bad days")).to_have_text("1")
        ada.type(f"/phantom launch {agent}")
        ada.sees(says)
        ada.shoot(f"bad-day-{agent}")
        ada.bad_day(day)
        expect(ada.page.get_by_title("bad days")).to_be_hidden()


def test_the_account_is_switched_between_v1_and_v2_with_what_that_means(visit: Open, trial: Trial):
    ada = visit()
    ada.open_pane("Phantombuster")
    api = ada.page.get_by_role("group", name="API of this account")
    expect(api).to_have_accessible_description(re.compile("store the key anew"))
    for version, other in (("v2", "v1"), ("v1", "v2")):
        expect(api.get_by_role("radio", name=other)).to_be_checked()
        api.get_by_text(version).click()
        expect(api.get_by_role("radio", name=version)).to_be_checked()
        ada.page.reload()  # the page shows what the server says
        ada.open_pane("Phantombuster")
        expect(api.get_by_role("radio", name=version)).to_be_checked()
        assert trial.phantombuster.form.has_v2 is (version == "v2")
        ada.shoot(f"api-{version}")


def test_a_run_is_told_once_slack_s_patience_is_back(visit: Open):
    ada = visit()
    ada.open_pane("Phantombuster")
    ada.bad_day("Slack is rate-limiting us")
    ada.type("/phantom launch 785")
    ada.bad_day("Slack is rate-limiting us")
    ada.sees("LinkedIn Search", "finished")


def test_the_traffic_shows_each_exchange_and_hides_what_is_secret(visit: Open, trial: Trial):
    ada = visit()
    ada.open_pane("Traffic")
    ada.type("/phantom launch 785")
    ada.sees("LinkedIn Search", "finished")
    traffic = ada.page.get_by_role("log", name="Traffic")
    for title in ("/phantom launch", "chat.postMessage", "POST agent/785/launch"):
        expect(traffic.get_by_text(title, exact=True).first).to_be_visible()
    traffic.get_by_text("POST agent/785/launch", exact=True).click()
    expect(traffic.get_by_label("Request")).to_contain_text("x-phantombuster-key-1: •••6789")
    expect(traffic.get_by_label("Answer")).to_contain_text('"status": "success"')
    assert trial.phantombuster.key not in (traffic.text_content() or "")
    ada.shoot("traffic")
    ada.page.get_by_role("checkbox", name="bot → Phantombuster").uncheck()
    expect(traffic.get_by_text("POST agent/785/launch", exact=True)).to_have_count(0)


def test_an_agent_is_launched_from_its_own_page_and_from_the_channel(visit: Open, trial: Trial):
    ada = visit()
    ada.open_pane("Phantombuster")
    ada.page.get_by_role("button", name="Launch Hello World on Phantombuster's own page").click()
    runs = ada.page.get_by_role("list", name="Latest runs")
    expect(runs.get_by_role("listitem")).to_contain_text("Hello World")
    assert trial.phantombuster.launches == []
    ada.page.get_by_role("button", name="Type the command that launches Hello World").click()
    ada.page.keyboard.press("Enter")
    ada.sees("Hello World", "finished")


def test_a_channel_where_something_was_said_meanwhile_is_unread(visit: Open, trial: Trial):
    ada = visit()
    trial.slack.write("news", channel="C0PAYLOAD", user="U0MAX")
    ada.page.get_by_role("button", name="payload-alerts unread").click()
    ada.sees("news")
    expect(ada.page.get_by_role("button", name="payload-alerts unread")).to_have_count(0)
