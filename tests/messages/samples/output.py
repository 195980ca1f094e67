from dataclasses import replace

from messages.samples.detail import CONSOLE, FEW
from messages.samples.runs import FILES, PAGE
from messages.sampling import Ours, sample

from phantombot.messages.output import output_message, result_note
from phantombot.runs.output import RunOutput

RESULT = '[{"name": "Ada Lovelace", "url": "https://example.com/ada"}]'
DONE = RunOutput(
    agent_id="785",
    agent_name="LinkedIn Search",
    status=Ours("not running"),
    console=CONSOLE,
    result=RESULT,
    result_size=len(RESULT),
    entries=1,
    tells_results=True,
)

TABLE = replace(DONE, first=FEW, entries=12, container_id="76427")

SAMPLES = [
    sample(output_message, "a table", TABLE),
    sample(output_message, "console and result", DONE),
    sample(output_message, "in files alone", replace(DONE, result="", entries=None, files=FILES)),
    sample(
        output_message,
        "in files, if there are any",
        replace(DONE, result="", entries=None, usual_files=FILES, page=PAGE),
    ),
    sample(output_message, "none told", replace(DONE, result="", entries=None)),
    sample(output_message, "a table, also in files", replace(TABLE, files=FILES)),
    sample(output_message, "going on", replace(DONE, status="running", result="", entries=None)),
    sample(output_message, "ended without a word", replace(DONE, console="", result="")),
    sample(output_message, "never run", replace(DONE, console="", result="", ran=False)),
    sample(output_message, "nothing yet", replace(DONE, status="queued", console="", result="")),
    sample(output_message, "too long", replace(DONE, result=RESULT * 100, result_size=6000)),
    sample(
        output_message,
        "too long, and a file holds it",
        replace(DONE, result=RESULT * 100, result_size=6000, container_id="76427"),
    ),
    sample(result_note, "of an agent", "785", "LinkedIn Search"),
    sample(output_message, "the 2014 form", replace(DONE, tells_results=False)),
    sample(
        output_message,
        "a result that is too large",
        replace(DONE, result="", entries=None, first=None, result_too_large=True),
    ),
    sample(output_message, "an unknown state", replace(DONE, status=None)),
    sample(output_message, "withheld", replace(DONE, console=None, result=None)),
    sample(output_message, "values were hidden", replace(DONE, console="with •••", hidden=2)),
]
