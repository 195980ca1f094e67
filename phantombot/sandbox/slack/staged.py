"""The setup of a local Slack: people, channels, and calls that fail."""

from dataclasses import replace

from phantombot.sandbox.slack.faults import Fault, Faults
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import BOT, Channel, Group, Person


class Staged:
    """Everything that a test can set up, even while the bot runs."""

    _workspace: Workspace
    _faults: Faults

    def add_channel(
        self,
        channel: str,
        name: str | None = None,
        *,
        team: str | None = None,
        private: bool = False,
        bot: bool = True,
    ) -> Channel:
        """Open a channel for everybody, in the home team or another; `bot` makes the
        bot a member.
        """
        with self._workspace.bell:
            members = tuple(one for one in self._workspace.people if bot or one != BOT)
            opened = Channel(
                channel, name or channel.lower(), members, private=private, team=team or ""
            )
            return self._keep(opened)

    def add_person(self, user: str, role: str = "member", *, team: str | None = None) -> Person:
        """Add somebody to every channel; with `team`, a stranger from that team."""
        with self._workspace.bell:
            person = Person(user, user.removeprefix("U0").lower(), role, team or "")
            self._workspace.people[user] = person
            for channel in list(self._workspace.channels.values()):
                if not channel.person:
                    self._keep(replace(channel, members=(*channel.members, user)))
            return person

    def add_group(self, group: str, *members: str) -> Group:
        """Make a user group, or replace its members."""
        with self._workspace.bell:
            made = Group(group, group.removeprefix("S0").lower(), members)
            self._workspace.groups[group] = made
            return made

    def organise(self, *teams: str) -> None:
        """Make the home team and others one organisation, whose people belong to all of them."""
        with self._workspace.bell:
            self._workspace.teams.update(teams)

    def add_team(
        self, team: str, channels: int = 1, *, enterprise: str | None = None
    ) -> tuple[str, ...]:
        """Open channels in another team, of an organisation if one is named.

        Return their ids: C0042X1, C0042X2, … for T0042.
        """
        self.organise(team)
        if enterprise:
            with self._workspace.bell:
                self._workspace.enterprises[team] = enterprise
        ids = [f"C{team[1:]}X{number}" for number in range(1, channels + 1)]
        return tuple(self.add_channel(one, team=team).id for one in ids)

    def change_channel(
        self, channel: str, *, archived: bool | None = None, bot: bool | None = None
    ) -> Channel:
        """Archive or reopen a channel, invite the bot or remove it.

        Raises:
            Refusal: `channel_not_found`.
        """
        with self._workspace.bell:
            changed = self._workspace.channel(channel)
            if archived is not None:
                changed = replace(changed, archived=archived)
            if bot is not None:
                others = tuple(one for one in changed.members if one != BOT)
                changed = replace(changed, members=(*others, BOT) if bot else others)
            return self._keep(changed)

    def fail(  # noqa: PLR0913 - each is one thing that a test varies
        self,
        method: str,
        error: str,
        *,
        channel: str | None = None,
        times: int | None = 1,
        retry_after: int = 1,
        seconds: float = 0,
    ) -> None:
        """Make the next calls of a method fail; `response_url` and `upload_url` count, `*` is all.

        `error` is one of Slack's names, `cut_before` or `cut_after` (a reset before or after
        acting), or `slow`. Each comes after a wait of `seconds`. `times=None` lasts until cleared.
        With `channel`, only calls that name this channel fail.
        """
        with self._workspace.bell:
            self._faults.add(Fault(method, error, times, retry_after, seconds, channel))

    def clear_failures(self, method: str | None = None, *, channel: str | None = None) -> None:
        """Remove all faults, or only those of a method or a channel."""
        with self._workspace.bell:
            self._faults.clear(method, channel)

    def _keep(self, channel: Channel) -> Channel:
        self._workspace.channels[channel.id] = channel
        self._workspace.changed()
        return channel
