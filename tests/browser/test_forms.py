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
    form = ada.page.get_by_role("dialog", name="Who may do what")
    form.get_by_role("radio", name="Admins, and those named below").check()
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
