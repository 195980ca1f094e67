"""What is said of each cause."""

import pytest

from phantombot.messages.blocks import neutral
from phantombot.messages.failures import FAILURES, Retry, failure_of, sentence
from phantombot.runs.cause import SYMPTOMS, Cause


def test_each_cause_that_can_be_recognized_has_a_sentence_and_no_other_has():
    assert FAILURES.keys() == SYMPTOMS.keys() == set(Cause) - {Cause.UNKNOWN}


def test_every_cause_has_one_sentence_of_its_own_and_a_next_step_or_a_later_retry():
    words = [sentence(cause) for cause in Cause if cause]
    assert len(set(words)) == len(words) == len(FAILURES)
    for failure in FAILURES.values():
        assert failure.next_step or failure.retry is Retry.LATER
        assert failure.words.endswith(".")
        assert neutral(failure.words) == failure.words


def test_a_retry_is_advised_where_it_can_help_and_no_sooner():
    assert "Try again later" in sentence(Cause.RATE_LIMITED)
    for cause in (Cause.WEEKLY_LIMIT, Cause.LINKEDIN_BLOCKED, Cause.BAD_INPUT):
        assert "won't help" in sentence(cause)
    assert sentence(Cause.LINKEDIN_COOKIE_EXPIRED) == (
        "LinkedIn's session cookie expired. Log in to LinkedIn and update the agent's cookie."
    )


@pytest.mark.parametrize("cause", ["", "KeyRejected", "no disk"])
def test_a_cause_of_another_release_is_unknown(cause: str):
    assert failure_of(cause) is None
    assert sentence(cause) == ""
