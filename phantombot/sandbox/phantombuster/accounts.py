"""The accounts of one local Phantombuster, identified by their keys."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.agents import SandboxAgent
from phantombot.sandbox.phantombuster.forms import Form

MAIN = "ada"
"""The name of the account that every server has."""


@dataclass
class Accounts:
    """Accounts by name, and what they have in common. Each has its own key."""

    form: Form
    speed: float
    epoch: float
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    """Keys by account name; an empty key opens nothing."""
    _accounts: dict[str, Account] = field(default_factory=dict)
    _serials: Iterator[int] = field(default_factory=count)

    def open(self, name: str, key: str, agents: Iterable[SandboxAgent]) -> Account:
        """Open another account.

        Raises:
            ValueError: the name or the key is taken, or there is no key.
        """
        if not key or key in self.keys.values() or name in self._accounts:
            raise ValueError(f"{name!r} needs a name and a key of its own")
        self.keys[name] = key
        self._accounts[name] = Account(
            agents={agent.id: agent for agent in agents},
            form=self.form,
            speed=self.speed,
            epoch=self.epoch,
            name=name,
            serials=self._serials,
        )
        return self._accounts[name]

    def set_epoch(self, epoch: float) -> None:
        """Change the time at which the clocks of all accounts read zero."""
        self.epoch = epoch
        for account in self._accounts.values():
            account.epoch = epoch

    def named(self, name: str) -> Account:
        """Return the account of this name.

        Raises:
            LookupError: there is none.
        """
        return self._accounts[name]

    def every(self) -> list[Account]:
        """Return all accounts, the main one first."""
        return list(self._accounts.values())

    def owner(self, key: str | None) -> str | None:
        """Return the name of the account that a key opens."""
        return next((name for name, known in self.keys.items() if known and known == key), None)
