from messages.cast import RUN
from messages.sampling import Ours, sample

from phantombot.messages.detail import (
    NOT_GIVEN,
    TOO_LARGE,
    detail_message,
    readable,
    result_file,
    result_not_uploaded,
)

CONSOLE = """* Container a255b8220379 started in directory /home/phantom/agent
Opening the search page
Scraping page 1
Scraping page 2
* Process finished successfully (exit code: 0)
"""
RESULT = readable('[{"name": "Ada Lovelace", "url": "https://example.com/ada"}]')
LONG = readable('[{"name": "Ada Lovelace"}]') * 200

SAMPLES = [
    sample(detail_message, "console and result", CONSOLE, RESULT),
    sample(detail_message, "console alone", CONSOLE, None),
    sample(detail_message, "the result does not come", CONSOLE, None, Ours(NOT_GIVEN)),
    sample(detail_message, "the result is too large", CONSOLE, None, Ours(TOO_LARGE)),
    sample(result_file, "a long result", RUN, LONG),
    sample(result_not_uploaded, "the scope is missing", "missing_scope"),
    sample(result_not_uploaded, "Slack refuses", "fatal_error"),
]
