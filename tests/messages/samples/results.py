from messages.samples.detail import FEW
from messages.sampling import Ours, sample

from phantombot.messages.results import rows_file, with_plainer_table, with_table

SORTED = with_table(FEW, "*12 results*")

SAMPLES = [
    sample(with_table, "under a heading", FEW, Ours("*12 results*")),
    sample(with_plainer_table, "Slack sorts no table", SORTED),
    sample(with_plainer_table, "Slack takes no table", with_plainer_table(SORTED)),
    sample(with_table, "above the console", FEW, Ours("*12 results*"), after=[Ours("Console")]),
    sample(rows_file, "all rows", "result-785-76427", FEW),
]
