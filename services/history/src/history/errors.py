"""Why a match is not shown or not stored: one class a reason, each with the code that programs read."""

from uuid import UUID

from contracts.history.problems import HistoryCode
from transcendence_common.problems import Conflict, NotFound, Problem, Unavailable


class NoSuchMatch(NotFound):
    """There is none, or it is somebody else's business."""

    def __init__(self, match_id: UUID) -> None:
        super().__init__(f"There is no match {match_id}.")


class TooManyLongLogs(Unavailable):
    """More long logs come in than can be simulated."""

    code = HistoryCode.BUSY
    title_text = "Too many matches at once"

    def __init__(self) -> None:
        super().__init__(
            "The server is verifying too many long matches right now. Try again in a moment."
        )


class MatchRefused(Problem):
    """The body was understood, and what it says about a match is not so. Nothing was stored."""

    code = HistoryCode.REFUSED
    status = 422
    title_text = "The match was not accepted"


class TicketForged(MatchRefused):
    """Not signed by us, or signed for another purpose."""

    code = HistoryCode.TICKET_FORGED

    def __init__(self) -> None:
        super().__init__("This match ticket is not valid.")


class TicketForeign(MatchRefused):
    """Somebody sends a match under another player's ticket."""

    code = HistoryCode.TICKET_FOREIGN

    def __init__(self) -> None:
        super().__init__("This match ticket belongs to another player.")


class TicketExpired(MatchRefused):
    """The match came too late; another ticket is a click away."""

    code = HistoryCode.TICKET_EXPIRED

    def __init__(self) -> None:
        super().__init__("This match ticket has expired. Start a new match.")


class TicketUsed(MatchRefused):
    """One ticket, one match."""

    code = HistoryCode.TICKET_USED

    def __init__(self) -> None:
        super().__init__("Another match has already been stored with this ticket.")


class RulesUnknown(MatchRefused):
    """The rules changed between the ticket and the end of the match."""

    code = HistoryCode.RULES_UNKNOWN

    def __init__(self, rules: int, ours: int) -> None:
        super().__init__(
            f"The match was played under rules {rules}, but the current rules are {ours}."
        )


class LogTooFast(MatchRefused):
    """More play than time has passed: nobody sat in front of this."""

    code = HistoryCode.LOG_TOO_FAST

    def __init__(self, ticks: int, possible: int) -> None:
        super().__init__(
            f"The log has {ticks} ticks, but only {possible} were possible since the match started."
        )


class LogTooLong(MatchRefused):
    """More than a match may hold."""

    code = HistoryCode.LOG_TOO_LONG


class LogMalformed(MatchRefused):
    """Numbers that no game can have written."""

    code = HistoryCode.LOG_MALFORMED


class LogOutOfOrder(MatchRefused):
    """The ticks of its changes do not rise, or leave the match."""

    code = HistoryCode.LOG_OUT_OF_ORDER


class LogNoChange(MatchRefused):
    """It lists a change that changes nothing: one match has one log."""

    code = HistoryCode.LOG_NO_CHANGE


class LogForeignInput(MatchRefused):
    """It presses keys for the computer."""

    code = HistoryCode.LOG_FOREIGN_INPUT


class LogEndsEarly(MatchRefused):
    """Nobody has won when it is over."""

    code = HistoryCode.LOG_ENDS_EARLY


class LogRunsOn(MatchRefused):
    """It goes on after somebody has won."""

    code = HistoryCode.LOG_RUNS_ON


class LogAlreadyWon(MatchRefused):
    """Somebody gives up who has lost, or has won."""

    code = HistoryCode.LOG_ALREADY_WON


class SamePlayer(MatchRefused):
    """Nobody plays a rated match against themselves."""

    code = HistoryCode.SAME_PLAYER

    def __init__(self) -> None:
        super().__init__("Both sides are the same player.")


class OtherMatchStored(Conflict):
    """One id, one match: what was delivered is not what was delivered first."""

    code = HistoryCode.OTHER_MATCH_STORED

    def __init__(self, match_id: UUID) -> None:
        super().__init__(f"Another match is already stored as {match_id}.")


LOG_REFUSALS: dict[str, type[MatchRefused]] = {
    "malformed": LogMalformed,
    "out_of_order": LogOutOfOrder,
    "no_change": LogNoChange,
    "foreign_input": LogForeignInput,
    "too_long": LogTooLong,
    "ends_early": LogEndsEarly,
    "runs_on": LogRunsOn,
    "already_won": LogAlreadyWon,
}
"""The codes of `pong.log`, each as the answer it becomes."""

REFUSALS: tuple[type[MatchRefused], ...] = (
    TicketForged,
    TicketForeign,
    TicketUsed,
    TicketExpired,
    RulesUnknown,
    LogTooFast,
    *LOG_REFUSALS.values(),
)
"""Those that a player may meet, for the OpenAPI document."""
