import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.slack.request import SlackRequest, read_body

FORM = "application/x-www-form-urlencoded"
TEXT = st.text(st.characters(codec="utf-8"))


@given(st.dictionaries(TEXT.filter(bool), TEXT))
def test_a_commands_form_is_read_whole_whatever_words_are_in_it(fields: dict[str, str]):
    form = {**fields, "command": "/phantom", "text": "launch 785 payload"}
    assert read_body(urlencode(form), FORM) == form


def test_an_interactions_payload_is_read_from_its_field():
    assert read_body(urlencode({"payload": json.dumps({"type": "x"})}), FORM) == {"type": "x"}


@pytest.mark.parametrize("body", ["", "payload={", "payload=[]", "payload=" + "[" * 9999])
@pytest.mark.parametrize("kind", [FORM, "application/json", None])
def test_what_cannot_be_read_is_empty_or_a_form(body: str, kind: str | None):
    assert read_body(body, kind) == {}


@given(st.text(), st.sampled_from([FORM, "application/json", None]))
def test_no_body_makes_an_exception(body: str, kind: str | None):
    assert isinstance(read_body(body, kind), dict)


def test_the_body_as_it_came_is_kept_for_the_signature():
    request = SlackRequest("command=%2Fphantom&text=payload", {"content-type": FORM})
    assert request.raw_body == "command=%2Fphantom&text=payload"
    assert request.body == {"command": "/phantom", "text": "payload"}


@pytest.mark.parametrize(
    "body",
    [
        {"team": 1},
        {"user": 5},
        {"channel": True},
        {"authorizations": [1]},
        {"authorizations": {"a": 1}},
        {"response_urls": [1]},
    ],
    ids=str,
)
def test_a_body_of_another_shape_than_slacks_is_as_good_as_none(body: dict):
    request = SlackRequest(json.dumps(body), {"content-type": "application/json"})
    assert request.body == {}
    assert request.raw_body == json.dumps(body)
