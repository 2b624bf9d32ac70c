"""Where things are kept for longer: SQLite for one worker, PostgreSQL for several, one schema for both."""

from worker.history.databases.careful import Careful
from worker.history.databases.database import LARGEST_INTEGER, Database, Refused, Row, Statement, StoreError, Value
from worker.history.databases.postgres import PostgresDatabase
from worker.history.databases.sqlite import SqliteDatabase

__all__ = [
    "LARGEST_INTEGER",
    "Careful",
    "Database",
    "PostgresDatabase",
    "Refused",
    "Row",
    "SqliteDatabase",
    "Statement",
    "StoreError",
    "Value",
]
