from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from phantombot.http_headers import LONGEST_PAUSE, read_date, read_retry_after

DEFAULT = 7.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        (" 30 ", 30.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("86400", LONGEST_PAUSE),
        ("9" * 400, LONGEST_PAUSE),
        ("", DEFAULT),
        ("soon", DEFAULT),
        ("-5", DEFAULT),
        ("nan", DEFAULT),
        ("1e3", DEFAULT),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 9999 07:28:00 GMT", LONGEST_PAUSE),
        ("Wed, 99 Oct 2015 07:28:00 GMT", DEFAULT),
    ],
)
def test_a_pause_is_read_in_any_form_and_bounded(header: str, seconds: float):
    assert read_retry_after(header, DEFAULT) == seconds


def test_a_pause_until_a_date_is_the_time_until_then():
    header = format_datetime(datetime.now(UTC) + timedelta(seconds=200), usegmt=True)
    assert 0 < read_retry_after(header, DEFAULT) <= 200


def test_a_date_is_read_with_its_time_zone():
    assert read_date("Wed, 21 Oct 2015 07:28:00 GMT") == datetime(2015, 10, 21, 7, 28, tzinfo=UTC)
    assert read_date("Wed, 21 Oct 2015 07:28:00 -0000") == datetime(2015, 10, 21, 7, 28, tzinfo=UTC)
    assert read_date("yesterday") is None
