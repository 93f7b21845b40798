"""Metrics of tickets; each match in one browser begins with a ticket."""

from typing import get_args

from prometheus_client import Counter

from contracts.history.tickets import TicketMode

TICKETS_ISSUED = Counter("history_tickets_issued", "Tickets given: matches begun", ["mode"])
# Create every series at 0: a rate misses the first event of a series that begins with it.
for _mode in get_args(TicketMode):
    TICKETS_ISSUED.labels(_mode)
