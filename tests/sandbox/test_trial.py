"""Where the sandbox listens."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from patience import PATIENCE

from phantombot.errors import SettingsError
from phantombot.sandbox.trial import Trial


@pytest.fixture
def port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def trial(port: int, tmp_path: Path) -> Iterator[Trial]:
    trial = Trial(port, str(tmp_path))
    trial.start()
    yield trial
    trial.stop()


def test_the_page_stands_at_its_port(trial: Trial, port: int):
    assert trial.slack.url == f"http://127.0.0.1:{port}"
    with urlopen(trial.slack.url, timeout=PATIENCE) as page:  # noqa: S310 - our own address
        assert b"<html" in page.read()


def test_nothing_of_it_listens_beyond_this_machine(trial: Trial):
    """All of 127.0.0.0/8 is this machine, and stands here for its address in a network."""
    for url in (trial.slack.url, trial.slack.bot_url, trial.phantombuster.url):
        port = urlsplit(url).port
        socket.create_connection(("127.0.0.1", port), PATIENCE).close()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", port), PATIENCE)


def test_the_guide_names_the_key_that_a_switch_of_the_api_asks_for(trial: Trial):
    guide = (Path(__file__).parents[2] / "docs/try-it.md").read_text(encoding="utf-8")
    assert f"`{trial.phantombuster.key}`" in guide


def test_a_port_that_is_taken_is_told(port: int, tmp_path: Path):
    with socket.create_server(("127.0.0.1", port)), pytest.raises(SettingsError) as refused:
        Trial(port, str(tmp_path))
    assert refused.value.problems == (f"PORT {port} can't be listened on; set PORT to a free one.",)
