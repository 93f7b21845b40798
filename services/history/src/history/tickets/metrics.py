"""What is counted of tickets: a match of one browser begins with one."""

from typing import get_args

from prometheus_client import Counter

from contracts.history.tickets import TicketMode

ISSUED = Counter("history_tickets_issued", "Tickets given: matches begun", ["mode"])
# A rate knows nothing of the first event of a series that began with it.
for _mode in get_args(TicketMode):
    ISSUED.labels(_mode)
