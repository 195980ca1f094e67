"""A snapshot of a workspace's account."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from fakes import Clock, FakePhantombuster
from patience import PATIENCE

from phantombot.phantombuster.api import Account
from phantombot.runs.snapshot import AccountSnapshot


class Meeting(FakePhantombuster):
    """Answers for an account only while another is asked for too."""

    def __init__(self) -> None:
        super().__init__(Clock())
        self.both = Barrier(2)

    def account(self, key: str) -> Account:
        self.both.wait(PATIENCE)
        return super().account(key)


def test_a_workspace_does_not_wait_for_the_account_of_another():
    there = Meeting()
    with ThreadPoolExecutor(2) as two:
        read = list(two.map(lambda key: AccountSnapshot(key, there).account, ("key-1", "key-2")))
    assert len(read) == 2
