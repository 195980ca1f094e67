"""What holds for every test."""

import re
from pathlib import Path

HERE = Path(__file__).parent
SPEED = re.compile(r"\s*assert .*(\(\) - \w+|\.seconds\b.*|\babs\(.*(time|now|clock)\(.*) <")
"""How fast something is says more of the machine than of the bot: the bench measures that."""


def test_no_test_asserts_how_fast_something_is():
    lines = [line for path in HERE.rglob("*.py") for line in path.read_text().splitlines()]
    assert [line.strip() for line in lines if SPEED.match(line)] == []
