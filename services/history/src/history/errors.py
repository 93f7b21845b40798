"""Errors of reading and storing matches: one class per reason, each with a code for programs."""

from uuid import UUID

from contracts.history.problems import HistoryCode
from transcendence_common.problems import Conflict, NotFound, Problem, Unavailable


class NoSuchMatch(NotFound):
    """The match does not exist, or the reader may not see it."""

    def __init__(self, match_id: UUID) -> None:
        super().__init__(f"There is no match {match_id}.")


class TooManyLongLogs(Unavailable):
    """The limit of long logs that are processed in parallel is reached."""

    code = HistoryCode.BUSY
    title_text = "Too many matches at once"

    def __init__(self) -> None:
        super().__init__(
            "The server is verifying too many long matches right now. Try again in a moment."
        )


class MatchRefused(Problem):
    """The request is well-formed, but its match is not valid. Nothing was stored."""

    code = HistoryCode.REFUSED
    status = 422
    title_text = "The match was not accepted"


class TicketForged(MatchRefused):
    """The ticket was not signed by history, or was signed for another purpose."""

    code = HistoryCode.TICKET_FORGED

    def __init__(self) -> None:
        super().__init__("This match ticket is not valid.")


class TicketOfOtherPlayer(MatchRefused):
    """The ticket belongs to another player."""

    code = HistoryCode.TICKET_FOREIGN

    def __init__(self) -> None:
        super().__init__("This match ticket belongs to another player.")


class TicketExpired(MatchRefused):
    """The ticket expired before the match was sent; the player can get a new one."""

    code = HistoryCode.TICKET_EXPIRED

    def __init__(self) -> None:
        super().__init__("This match ticket has expired. Start a new match.")


class TicketUsed(MatchRefused):
    """The ticket was already used for another match; one ticket is good for one match."""

    code = HistoryCode.TICKET_USED

    def __init__(self) -> None:
        super().__init__("Another match has already been stored with this ticket.")


class OtherRulesVersion(MatchRefused):
    """The ticket is for another version of the rules: they changed between the ticket and the end of the match."""

    code = HistoryCode.RULES_UNKNOWN

    def __init__(self, rules: int, ours: int) -> None:
        super().__init__(
            f"The match was played under rules {rules}, but the current rules are {ours}."
        )


class LogTooFast(MatchRefused):
    """The log contains more ticks than time has passed since the ticket, so it was not played in real time."""

    code = HistoryCode.LOG_TOO_FAST

    def __init__(self, ticks: int, possible: int) -> None:
        super().__init__(
            f"The log has {ticks} ticks, but only {possible} were possible since the match started."
        )


class LogTooLong(MatchRefused):
    """The log is longer than a match can be."""

    code = HistoryCode.LOG_TOO_LONG


class LogMalformed(MatchRefused):
    """The log contains numbers that no game can have written."""

    code = HistoryCode.LOG_MALFORMED


class LogTicksOutOfOrder(MatchRefused):
    """The ticks of the log's changes do not increase, or exceed the match."""

    code = HistoryCode.LOG_OUT_OF_ORDER


class LogChangeWithoutEffect(MatchRefused):
    """The log lists a change that changes nothing. Such changes are rejected so that each match has exactly one log."""

    code = HistoryCode.LOG_NO_CHANGE


class LogInputForComputer(MatchRefused):
    """The log contains inputs for the computer's side."""

    code = HistoryCode.LOG_FOREIGN_INPUT


class LogEndsBeforeWin(MatchRefused):
    """The log ends before either side has reached the target score."""

    code = HistoryCode.LOG_ENDS_EARLY


class LogContinuesAfterWin(MatchRefused):
    """The log continues after one side has won."""

    code = HistoryCode.LOG_RUNS_ON


class LogForfeitAfterWin(MatchRefused):
    """The log ends with a forfeit after one side has already won."""

    code = HistoryCode.LOG_ALREADY_WON


class SamePlayer(MatchRefused):
    """Both sides of an online match are the same player."""

    code = HistoryCode.SAME_PLAYER

    def __init__(self) -> None:
        super().__init__("Both sides are the same player.")


class OtherMatchStored(Conflict):
    """Another match is already stored under this ID."""

    code = HistoryCode.OTHER_MATCH_STORED

    def __init__(self, match_id: UUID) -> None:
        super().__init__(f"Another match is already stored as {match_id}.")


LOG_REFUSALS: dict[str, type[MatchRefused]] = {
    "malformed": LogMalformed,
    "out_of_order": LogTicksOutOfOrder,
    "no_change": LogChangeWithoutEffect,
    "foreign_input": LogInputForComputer,
    "too_long": LogTooLong,
    "ends_early": LogEndsBeforeWin,
    "runs_on": LogContinuesAfterWin,
    "already_won": LogForfeitAfterWin,
}
"""The answer for each error code of `pong.log`."""

SUBMISSION_REFUSALS: tuple[type[MatchRefused], ...] = (
    TicketForged,
    TicketOfOtherPlayer,
    TicketUsed,
    TicketExpired,
    OtherRulesVersion,
    LogTooFast,
    *LOG_REFUSALS.values(),
)
"""The errors that a player's own submission can cause, for the OpenAPI document."""
