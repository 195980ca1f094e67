from dataclasses import replace

from messages.cast import NOW, RUN
from messages.samples.runs import FILES
from messages.sampling import Ours, sample

from phantombot.messages.blocks import File
from phantombot.messages.detail import (
    NOT_GIVEN,
    TOO_LARGE,
    count_message,
    detail_message,
    file_not_sent,
    result_file,
    result_not_uploaded,
    rows_message,
)
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.rows import Rows, readable

CONSOLE = """* Container a255b8220379 started in directory /home/phantom/agent
Opening the search page
Scraping page 1
Scraping page 2
* Process finished successfully (exit code: 0)
"""
RESULT = readable('[{"name": "Ada Lovelace", "url": "https://example.com/ada"}]')
LONG = readable('[{"name": "%s"}]' % ("Ada Lovelace " * 300))

PEOPLE = Rows(
    ("name", "jobTitle", "connections", "profileUrl"),
    tuple(
        {
            "name": f"Ada Lovelace {n}",
            "jobTitle": None if n % 3 else "Head of Sales, Analytical Engines",
            "connections": n * 41 % 500,
            "profileUrl": f"https://www.linkedin.com/in/ada-{n}/",
        }
        for n in range(12)
    ),
)
FEW = replace(PEOPLE, objects=PEOPLE.objects[:2])
WIDE = Rows(tuple(f"column {n}" for n in range(9)), ({"column 0": "a cell", "column 8": [1, 2]},))
SUCCESS = Ending(Kind.SUCCESS, results=12, new=3, new_since=NOW.timestamp())

SHEET = File("result-785-76427.csv", "Result", "name")
TREE = File("result-785-76427.json", "Result", "{}")

SAMPLES = [
    sample(rows_message, "3 of 12 are new", CONSOLE, PEOPLE, SUCCESS),
    sample(rows_message, "none is new", "", FEW, replace(SUCCESS, new=0)),
    sample(rows_message, "all are new", "", FEW, replace(SUCCESS, new=2)),
    sample(rows_message, "nothing to compare with", "", FEW, Ending(Kind.SUCCESS)),
    sample(rows_message, "more columns than are shown", "", WIDE, Ending(Kind.SUCCESS)),
    sample(detail_message, "console and result", CONSOLE, RESULT),
    sample(detail_message, "console alone", CONSOLE, None),
    sample(detail_message, "a value was hidden", "with •••", None, hidden=1),
    sample(rows_message, "values were hidden", "with •••", FEW, Ending(Kind.SUCCESS), 2),
    sample(detail_message, "the result is in files", CONSOLE, None, files=FILES),
    sample(rows_message, "also in files", "", FEW, replace(SUCCESS, new=None, files=FILES)),
    sample(detail_message, "the result does not come", CONSOLE, None, Ours(NOT_GIVEN)),
    sample(detail_message, "the result is too large", CONSOLE, None, Ours(TOO_LARGE)),
    sample(count_message, "3 of 12 are new", replace(RUN, ending=SUCCESS)),
    sample(count_message, "in a file", replace(RUN, ending=Ending(Kind.SUCCESS, files=FILES))),
    sample(result_file, "a table", "785", "76427", RESULT, FEW),
    sample(result_file, "anything else that is long", "785", "76427", LONG, None),
    sample(file_not_sent, "the scope is missing", "missing_scope"),
    sample(file_not_sent, "Slack refuses", "fatal_error"),
    sample(result_not_uploaded, "the scope is missing", SHEET, "missing_scope"),
    sample(result_not_uploaded, "the bot is no member", SHEET, "not_in_channel"),
    sample(result_not_uploaded, "Slack refuses", TREE, "fatal_error"),
]
