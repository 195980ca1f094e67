from messages.samples.detail import FEW
from messages.sampling import Ours, sample

from phantombot.messages.results import rows_file, with_table, without_tables

SAMPLES = [
    sample(with_table, "under a heading", FEW, Ours("*12 results*")),
    sample(without_tables, "Slack takes no table", with_table(FEW, "*12 results*")),
    sample(rows_file, "all rows", "result-785-76427", FEW),
]
