"""Every exception of our own.

    Error
    ├── SettingsError             the environment cannot be worked with; one sentence per problem
    ├── UsageError                  what the user typed has no meaning; a sentence for the user
    │   └── BadArgument           all of a launch has, but its argument
    ├── StoreUnavailable          the database does not answer, or not in time
    ├── NotAtHand                 only somebody outside knows, and nobody is asked now
    ├── StaleWrite                another follower wrote this run meanwhile: leave it to that one
    ├── Refused                   what was asked can't be done, and nothing was done
    │   ├── NoKey                 the workspace has no Phantombuster key
    │   ├── NotAllowed            the workspace's rules, or Slack's silence about the asker
    │   ├── AgentUnknown          no agent of the account is meant
    │   ├── AgentAmbiguous        several agents may be meant
    │   ├── AliasStale            an alias whose agent is no longer in the account
    │   ├── AliasSealed           an alias whose own command and argument don't open
    │   ├── TooManyAliases        the channel can have no more
    │   ├── TooManyWatches        the workspace can have no more
    │   └── RunExpired            Phantombuster no longer has this run, or never named it
    ├── DecryptionError           a stored secret does not open with PHANTOMBOT_SECRET
    ├── PhantombusterError
    │   ├── Unreachable           no connection: the request was never sent
    │   ├── AnswerLost            sent, then time-out, a cut connection, 408 or 499: what it did is
    │   │                         unknown
    │   ├── AnswerUnreadable      answered, but not as v1 answers: what it did is unknown
    │   │   └── AnswerTooLarge    answered with more than is read
    │   ├── ServerFault           5xx: what it did is unknown
    │   ├── Redirected            3xx: PHANTOMBUSTER_API_URL is not where the API is
    │   ├── NotTheApi             405, 410, or 403 or 404 without the API's envelope
    │   ├── BadParameters         400 and any other 4xx
    │   ├── KeyRejected           401
    │   ├── PlanUsedUp            402
    │   ├── Forbidden             403 of the API itself
    │   ├── AgentNotFound         404 of the API itself, or its words
    │   ├── NoScript              412
    │   ├── ArgumentTooLong       413, 414 or 431
    │   ├── ParallelLimit         429 to a launch: nothing was launched or queued
    │   └── RateLimited           any other 429
    └── SlackError
        ├── SlackUnavailable      no answer, 429 or 5xx: to be tried again later
        ├── CannotPost            the bot may not speak in this channel
        └── SlackRefused          any other answer with ok: false

An exception of requests, slack_sdk or SQLAlchemy never leaves the adapter that met it.
"""


class Error(Exception):
    """Root of all exceptions of phantombot."""


class SettingsError(Error):
    """The environment cannot be worked with.

    `problems` holds one clear sentence each, without any secret's value.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class UsageError(Error):
    """What the user typed has no meaning.

    `sentence` says so in plain text; `shown` is the faulty line with a caret under the fault,
    to be set in a fixed-width font, or empty.
    """

    def __init__(self, sentence: str, shown: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.shown = shown


class BadArgument(UsageError):
    """All of a launch is understood, but its argument; `typed` is the launch as it was typed."""

    def __init__(self, why: UsageError, typed: object) -> None:
        super().__init__(why.sentence, why.shown)
        self.typed = typed


class StoreUnavailable(Error):
    """The database does not answer, or not in time."""


class NotAtHand(Error):
    """Only somebody outside knows what is wanted, and nobody is asked now.

    `known_to` is Slack or Phantombuster.
    """

    def __init__(self, known_to: str) -> None:
        super().__init__(known_to)
        self.known_to = known_to


class StaleWrite(Error):
    """Another follower wrote this run meanwhile: whoever meets this leaves the run alone."""


class Refused(Error):
    """What was asked can't be done, and nothing was done.

    `candidates` are ids and names of agents that may have been meant.
    """

    def __init__(self, candidates: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(type(self).__name__)
        self.candidates = candidates


class NoKey(Refused):
    """The workspace has no Phantombuster key."""


class NotAllowed(Refused):
    """The workspace's rules don't allow it; `denial` is a Denial."""

    def __init__(self, denial: str) -> None:
        super().__init__()
        self.denial = denial


class AgentUnknown(Refused):
    """No agent of the account is meant."""


class AgentAmbiguous(Refused):
    """Several agents may be meant."""


class AliasStale(Refused):
    """An alias was typed whose agent, the one candidate, is no longer in the account."""


class AliasSealed(Refused):
    """The alias's own command and argument don't open with PHANTOMBOT_SECRET."""


class TooManyAliases(Refused):
    """The channel has as many aliases as it can have."""


class TooManyWatches(Refused):
    """The workspace has as many watches as it can have."""


class RunExpired(Refused):
    """Phantombuster no longer has this run, or never named it."""


class DecryptionError(Error):
    """A stored secret does not open: another PHANTOMBOT_SECRET, or another workspace's row."""


class PhantombusterError(Error):
    """Anything but a successful answer from Phantombuster.

    `said` is what the server said (may be empty, is never trusted: escape and cut it).
    `maybe_acted` is true where the request may have had its effect all the same.
    """

    maybe_acted = False

    def __init__(self, said: str = "", *, status: int | None = None) -> None:
        super().__init__(f"{type(self).__name__}" + (f" (HTTP {status})" if status else ""))
        self.said = said
        self.status = status


class Unreachable(PhantombusterError):
    """No connection was made: the request was never sent."""


class AnswerLost(PhantombusterError):
    """The request was sent, but its answer never came: time-out or cut connection.

    408 and 499 are what a proxy says of such a request.
    """

    maybe_acted = True


class AnswerUnreadable(PhantombusterError):
    """An answer came, but not one of v1: not JSON, HTML, too large, or of another shape."""

    maybe_acted = True


class AnswerTooLarge(AnswerUnreadable):
    """An answer came that is larger than what is read of one."""


class ServerFault(PhantombusterError):
    """5xx: "the servers could not handle the request"."""

    maybe_acted = True


class Redirected(PhantombusterError):
    """3xx: never followed, since the key would be sent along."""


class NotTheApi(PhantombusterError):
    """Something answers that is not v1, as 405, 410 and a page with 403 or 404 show."""


class BadParameters(PhantombusterError):
    """400 "missing parameter or something else wrong with the parameters", or another 4xx."""


class KeyRejected(PhantombusterError):
    """401: "missing or wrong key"."""


class PlanUsedUp(PhantombusterError):
    """402: the plan has run out."""


class Forbidden(PhantombusterError):
    """403 of the API itself: the key may not do that."""


class AgentNotFound(PhantombusterError):
    """404: "object not found (bad ID)"."""


class NoScript(PhantombusterError):
    """412: the agent has no script."""


class ArgumentTooLong(PhantombusterError):
    """413, 414 or 431: more was sent than the server takes."""


class ParallelLimit(PhantombusterError):
    """429 `maxParallelismReached` to a launch: the agent's or the plan's limit of parallel runs."""


class RateLimited(PhantombusterError):
    """429: documented nowhere, honoured all the same. `retry_after` is in seconds."""

    def __init__(self, said: str = "", *, retry_after: float = 30.0) -> None:
        super().__init__(said, status=429)
        self.retry_after = retry_after


class SlackError(Error):
    """Anything but `ok: true` from Slack's Web API. `code` is Slack's own word for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SlackUnavailable(SlackError):
    """No answer, 429, 5xx or a token at fault: to be tried again after `retry_after` seconds.

    `refused` is whether Slack has surely done nothing of what was asked.
    """

    def __init__(self, code: str, *, retry_after: float = 5.0, refused: bool = False) -> None:
        super().__init__(code)
        self.retry_after = retry_after
        self.refused = refused or code == "ratelimited"


class CannotPost(SlackError):
    """The bot may not speak in this channel: no member, or the channel is archived or gone."""


class SlackRefused(SlackError):
    """Any other answer with `ok: false`."""
