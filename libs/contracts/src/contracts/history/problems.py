"""Codes of history's problems: stable names for programs (`code`, and the end of `type`)."""

from enum import StrEnum


class HistoryCode(StrEnum):
    """Problems of history, in addition to those of all services (`transcendence_common.problems`)."""

    BUSY = "busy"
    LOG_ALREADY_WON = "log_already_won"
    LOG_ENDS_EARLY = "log_ends_early"
    LOG_FOREIGN_INPUT = "log_foreign_input"
    LOG_MALFORMED = "log_malformed"
    LOG_NO_CHANGE = "log_no_change"
    LOG_OUT_OF_ORDER = "log_out_of_order"
    LOG_RUNS_ON = "log_runs_on"
    LOG_TOO_FAST = "log_too_fast"
    LOG_TOO_LONG = "log_too_long"
    OTHER_MATCH_STORED = "other_match_stored"
    REFUSED = "refused"
    RULES_UNKNOWN = "rules_unknown"
    SAME_PLAYER = "same_player"
    TICKET_EXPIRED = "ticket_expired"
    TICKET_FOREIGN = "ticket_foreign"
    TICKET_FORGED = "ticket_forged"
    TICKET_USED = "ticket_used"
