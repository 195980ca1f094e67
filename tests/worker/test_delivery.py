"""What an attempt to show something in Slack says about the next one."""

from datetime import timedelta

import pytest
from stage import Stage

from phantombot.errors import CannotPost, SlackRefused, SlackUnavailable
from phantombot.messages.blocks import Message
from phantombot.phantombuster.account import ApiKey
from phantombot.worker.channel_store import Closed
from phantombot.worker.delivery import Delivery, PutOff, is_gone, post_run
from phantombot.worker.slack_limits import SlackLimits

HELLO = Message("hello")


@pytest.fixture
def delivery(stage: Stage) -> Delivery:
    return Delivery(stage.context, "T1", SlackLimits())


def failing(error: Exception):
    def call(*_args: object, **_names: object) -> None:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "others_wait", "may_have_acted"),
    [
        (SlackUnavailable("ratelimited", retry_after=7), False, False),
        (SlackUnavailable("unreachable", retry_after=7), True, True),
        (SlackUnavailable("token_revoked", retry_after=7, refused=True), True, False),
    ],
)
def test_what_slack_does_not_take_now_is_put_off_there_or_everywhere(
    stage: Stage,
    delivery: Delivery,
    error: SlackUnavailable,
    others_wait: bool,
    may_have_acted: bool,
):
    now = stage.clock()
    with pytest.raises(PutOff) as put_off:
        delivery.attempt("C1", failing(error))
    assert put_off.value.until == now + timedelta(seconds=7)
    assert put_off.value.may_have_acted is may_have_acted
    assert delivery.limits.paused("C1", now)
    assert delivery.limits.paused("C2", now) is others_wait


@pytest.mark.parametrize("closes", [True, False])
def test_a_channel_that_takes_no_posts_is_closed_unless_it_is_a_direct_message(
    stage: Stage, delivery: Delivery, closes: bool
):
    stage.slack.post = failing(CannotPost("is_archived"))
    with pytest.raises(CannotPost):
        delivery.post("C1", HELLO, closes=closes)
    assert ("C1" in delivery.limits.closed) is closes
    assert ("C1" in stage.channels.closed("T1")) is closes


def test_a_post_that_works_opens_its_channel_again(stage: Stage, delivery: Delivery):
    closed = Closed(stage.clock(), "not_in_channel")
    stage.channels.close("T1", "C1", closed)
    delivery.limits.closed["C1"] = closed
    delivery.post("C1", HELLO)
    assert stage.channels.closed("T1") == delivery.limits.closed == {}


def test_a_post_whose_answer_is_lost_stays_pending_and_one_that_was_refused_does_not(
    stage: Stage, delivery: Delivery
):
    run = stage.run(stage.type())
    pending = run.sending(ApiKey("k"), run.before, stage.clock(), pending_post=HELLO.digest)
    stage.slack.post = failing(SlackUnavailable("unreachable"))
    assert post_run(delivery, pending, HELLO)(pending).pending_post == HELLO.digest
    stage.slack.post = failing(SlackUnavailable("ratelimited"))
    assert post_run(delivery, pending, HELLO)(pending).pending_post is None


def test_a_message_that_is_gone_is_told_from_one_that_is_refused():
    assert is_gone(SlackRefused("message_not_found"))
    assert not is_gone(SlackRefused("msg_too_long"))
