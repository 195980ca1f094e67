"""Forms, and all that can be chosen in them."""

import re

from playwright.sync_api import expect

from phantombot.sandbox.trial import Trial

from .conftest import Open


def test_a_form_is_sent_empty_then_wrong_then_right(visit: Open, trial: Trial):
    ada = visit()
    ada.type("/phantom key")
    form = ada.page.get_by_role("dialog", name="Phantombuster key")
    field = form.get_by_role("textbox", name="API key")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(field).to_have_accessible_description(re.compile("Please complete this required field"))
    field.fill("two words")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    ada.shoot("form-error")
    trial.phantombuster.key = "another-key-wxyz"
    field.fill("another-key-wxyz")
    form.get_by_role("button", name="Check and store").click()
    expect(form).to_contain_text("the key ending in wxyz")
    ada.shoot("form-done")
    form.get_by_role("button", name="Close").click()
    expect(form).to_be_hidden()


def test_people_and_channels_are_chosen_in_a_form_and_found_there_again(visit: Open):
    ada = visit()
    ada.type("/phantom access")
    form = ada.page.get_by_role("dialog", name="Who can do what")
    form.get_by_role("radio", name="Admins, and people named below").check()
    people = form.get_by_role("combobox", name="People")
    people.click()
    ada.page.get_by_role("option", name="@max").click()
    people.press_sequentially("gu")
    people.press("Enter")
    ada.shoot("choosing")
    people.press("Escape")
    expect(form).to_be_visible()
    form.get_by_role("button", name="Remove @gus").click()
    form.get_by_role("button", name="Save").click()
    expect(form).to_contain_text("Saved")
    ada.page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    ada.type("/phantom access")
    expect(form.get_by_role("button", name="Remove @max")).to_be_visible()
    expect(form.get_by_role("button", name="Remove @gus")).to_have_count(0)


def test_an_agent_is_searched_in_the_launch_form_and_launched(visit: Open):
    ada = visit()
    ada.type("/phantom agents")
    ada.sees("LinkedIn Search (785)")
    ada.type("/phantom launch")
    form = ada.page.get_by_role("dialog", name="Launch an agent")
    agent = form.get_by_role("combobox", name="Agent")
    expect(agent).to_be_focused()
    agent.press_sequentially("linkedin s")
    ada.page.get_by_role("option", name="LinkedIn Search (785)").click()
    argument = form.get_by_role("textbox", name="Argument")
    argument.fill('{"a": }')
    form.get_by_role("button", name="Launch").click()
    expect(argument).to_have_attribute("aria-invalid", "true")
    ada.shoot("launch-form-error")
    argument.fill('{"a": 1}')
    form.get_by_role("button", name="Launch").click()
    expect(form).to_be_hidden()
    ada.sees("LinkedIn Search", "finished")


def test_shortcuts_open_the_form_with_nothing_or_with_a_message_s_text(visit: Open):
    ada = visit()
    form = ada.page.get_by_role("dialog", name="Launch an agent")
    ada.page.get_by_role("button", name="Shortcuts").click()
    ada.page.get_by_role("menuitem", name="Launch an agent").click()
    expect(form).to_be_visible()
    ada.page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    ada.type('{"square": 7}')
    ada.page.get_by_role("article", name="ada").hover()
    ada.page.get_by_role("button", name="More actions").click()
    ada.page.keyboard.press("Enter")
    expect(form.get_by_role("textbox", name="Argument")).to_have_value('{"square": 7}')


def test_home_shows_what_goes_on_and_launches(visit: Open):
    ada = visit()
    ada.type("/phantom launch 903")
    ada.sees("Google Maps Extractor", "running")
    ada.page.get_by_role("button", name="phantombot").click()
    home = ada.page.get_by_role("tabpanel", name="Home")
    expect(home).to_contain_text("Google Maps Extractor (903) · running")
    ada.shoot("home")
    home.get_by_role("button", name="Launch an agent").click()
    expect(ada.page.get_by_role("dialog", name="Launch an agent")).to_be_visible()
    ada.page.keyboard.press("Escape")
    ada.page.get_by_role("tab", name="Messages").click()
    ada.type("help")
    ada.sees("ada", "help")
