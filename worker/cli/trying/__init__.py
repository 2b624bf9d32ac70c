"""Commands that try something without a broker: a task, a connection, an expression."""

from worker.cli.trying.call import call
from worker.cli.trying.feel import feel
from worker.cli.trying.test_connection import check_connection

__all__ = ["call", "check_connection", "feel"]
