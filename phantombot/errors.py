"""Every exception of our own.

    Error
    ├── SettingsError             invalid environment; one sentence per problem
    ├── UsageError                a command that can't be understood; a sentence for the user
    │   └── BadArgument           a launch whose argument alone is invalid
    ├── StoreUnavailable          the database doesn't answer, or not in time
    │   └── StoreUndecided        … after it was told to commit: what was written may be stored
    ├── NotAtHand                 the answer isn't cached, and nobody can be asked now
    ├── StaleWrite                another process wrote this run meanwhile: leave it to that one
    ├── Refused                   the request can't be fulfilled, and nothing was done
    │   ├── NoKey                 the workspace has no Phantombuster key
    │   ├── NotAllowed            denied by the access rules, or Slack doesn't say who asks
    │   ├── AgentUnknown          no agent of the account matches
    │   ├── AgentAmbiguous        several agents match
    │   ├── PersonUnknown         nobody of that name launched anything
    │   ├── AliasStale            an alias whose agent is no longer in the account
    │   ├── AliasSealed           an alias whose command and argument can't be decrypted
    │   ├── EngineChosen          a command for an account whose agents choose their own engine
    │   ├── TooManyAliases        the channel can have no more
    │   ├── TooManyWatches        the workspace can have no more
    │   └── RunExpired            Phantombuster no longer has this run, or never named it
    ├── DecryptionError           a stored secret can't be decrypted with PHANTOMBOT_SECRET
    ├── PhantombusterError
    │   ├── Unreachable           no connection: the request was never sent
    │   ├── AnswerLost            sent, then time-out, a cut connection, 408 or 499: its effect is
    │   │                         unknown
    │   ├── AnswerUnreadable      an answer that isn't the API's: its effect is unknown
    │   │   └── AnswerTooLarge    an answer larger than the limit
    │   ├── ServerFault           5xx: its effect is unknown
    │   ├── Redirected            3xx: PHANTOMBUSTER_API_URL is not where the API is
    │   ├── NotTheApi             405, 410, or 403 or 404 without the API's envelope
    │   ├── BadParameters         400 and any other 4xx
    │   ├── KeyRejected           401
    │   ├── PlanUsedUp            402
    │   ├── Forbidden             403 from the API itself
    │   ├── AgentNotFound         404 from the API itself, or its text
    │   ├── NoScript              412
    │   ├── ArgumentTooLong       413, 414 or 431
    │   ├── ParallelLimit         429 to a launch: nothing was launched or queued
    │   └── RateLimited           any other 429
    └── SlackError
        ├── SlackUnavailable      no answer, 429 or 5xx: retry later
        ├── CannotPost            the bot can't post in this channel
        └── SlackRefused          any other answer with ok: false

Exceptions of requests, slack_sdk and SQLAlchemy never leave their adapter.
"""


class Error(Exception):
    """Root of all exceptions of phantombot."""


class SettingsError(Error):
    """An invalid environment.

    `problems` holds one clear sentence each, without any secret's value.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class UsageError(Error):
    """A command that can't be understood.

    `sentence` says why in plain text; `shown` is the faulty line with a caret under the fault, for
    a fixed-width font, or empty.
    """

    def __init__(self, sentence: str, shown: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.shown = shown


class BadArgument(UsageError):
    """A launch with a valid line but an invalid argument; `typed` is the launch as it was typed."""

    def __init__(self, why: UsageError, typed: object) -> None:
        super().__init__(why.sentence, why.shown)
        self.typed = typed


class StoreUnavailable(Error):
    """A database that doesn't answer, or not in time."""


class StoreUndecided(StoreUnavailable):
    """A database that was told to commit and didn't answer: what was written may be stored."""


class NotAtHand(Error):
    """An answer that isn't cached, and that can't be requested now.

    `known_to` is Slack or Phantombuster.
    """

    def __init__(self, known_to: str) -> None:
        super().__init__(known_to)
        self.known_to = known_to


class StaleWrite(Error):
    """Another process wrote this run meanwhile; leave the run to it."""


class Refused(Error):
    """A request that can't be fulfilled; nothing was done.

    `candidates` are ids and names of agents that could be meant.
    """

    def __init__(self, candidates: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(type(self).__name__)
        self.candidates = candidates


class NoKey(Refused):
    """A workspace without a Phantombuster key."""


class NotAllowed(Refused):
    """Denied by the access rules; `denial` is a Denial."""

    def __init__(self, denial: str) -> None:
        super().__init__()
        self.denial = denial


class AgentUnknown(Refused):
    """No agent of the account matches."""


class AgentAmbiguous(Refused):
    """Several agents match."""


class PersonUnknown(Refused):
    """Nobody of that name launched anything.

    `typed` is the name as typed, `nearest` are names of people who did; all are untrusted text.
    """

    def __init__(self, typed: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.typed = typed
        self.nearest = nearest


class AliasStale(Refused):
    """An alias whose agent, the one candidate, is no longer in the account."""


class AliasSealed(Refused):
    """An alias whose command and argument can't be decrypted with PHANTOMBOT_SECRET."""


class EngineChosen(Refused):
    """A `command` for an account whose agents choose their own engine, as all do in v2.

    `of_alias` is true if it wasn't typed, but is an alias's.
    """

    def __init__(self, command: str, *, of_alias: bool = False) -> None:
        super().__init__()
        self.command = command
        self.of_alias = of_alias


class TooManyAliases(Refused):
    """A channel with as many aliases as it can have."""


class TooManyWatches(Refused):
    """A workspace with as many watches as it can have."""


class RunExpired(Refused):
    """A run that Phantombuster no longer has, or never named."""


class DecryptionError(Error):
    """A stored secret can't be decrypted: another PHANTOMBOT_SECRET, or another workspace's row."""


class PhantombusterError(Error):
    """Any answer from Phantombuster but success.

    `said` is the server's text (can be empty, is untrusted: escape and cut it). `maybe_acted` is
    true if the request may have had its effect all the same.
    """

    maybe_acted = False

    def __init__(self, said: str = "", *, status: int | None = None) -> None:
        super().__init__(f"{type(self).__name__}" + (f" (HTTP {status})" if status else ""))
        self.said = said
        self.status = status


class Unreachable(PhantombusterError):
    """No connection: the request was never sent."""


class AnswerLost(PhantombusterError):
    """A request that was sent but not answered: a time-out or a cut connection.

    Proxies answer such a request with 408 or 499.
    """

    maybe_acted = True


class AnswerUnreadable(PhantombusterError):
    """An answer that isn't the API's: not JSON, HTML, too large, or of another shape."""

    maybe_acted = True


class AnswerTooLarge(AnswerUnreadable):
    """An answer larger than the limit."""


class ServerFault(PhantombusterError):
    """5xx: "the servers could not handle the request"."""

    maybe_acted = True


class Redirected(PhantombusterError):
    """3xx: never followed, since the key would be sent along."""


class NotTheApi(PhantombusterError):
    """An answer that isn't from the API, such as 405, 410, or a page with 403 or 404."""


class BadParameters(PhantombusterError):
    """400 "missing parameter or something else wrong with the parameters", or another 4xx."""


class KeyRejected(PhantombusterError):
    """401: "missing or wrong key"."""


class PlanUsedUp(PhantombusterError):
    """402: the plan's time is used up."""


class Forbidden(PhantombusterError):
    """403 from the API itself: the key isn't allowed to do that."""


class AgentNotFound(PhantombusterError):
    """404: "object not found (bad ID)"."""


class NoScript(PhantombusterError):
    """412: the agent has no script."""


class ArgumentTooLong(PhantombusterError):
    """413, 414 or 431: more was sent than the server accepts."""


class ParallelLimit(PhantombusterError):
    """429 `maxParallelismReached` to a launch: the agent's or the plan's limit of parallel runs."""


class RateLimited(PhantombusterError):
    """429: undocumented, but respected. `retry_after` is in seconds."""

    def __init__(self, said: str = "", *, retry_after: float = 30.0) -> None:
        super().__init__(said, status=429)
        self.retry_after = retry_after


class SlackError(Error):
    """Any answer but `ok: true` from Slack's Web API. `code` is Slack's error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SlackUnavailable(SlackError):
    """No answer, 429, 5xx or a bad token: retry after `retry_after` seconds.

    `refused` is true if Slack has certainly done nothing.
    """

    def __init__(self, code: str, *, retry_after: float = 5.0, refused: bool = False) -> None:
        super().__init__(code)
        self.retry_after = retry_after
        self.refused = refused or code == "ratelimited"


class CannotPost(SlackError):
    """A channel the bot can't post to: not a member, or the channel is archived or deleted."""


class SlackRefused(SlackError):
    """Any other answer with `ok: false`."""
