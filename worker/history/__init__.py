"""
What has been answered: answers are kept until their job is settled, so that a job that comes again is not paid again.

`Answers` is the door; `SqliteStore` keeps them over a restart.
"""

from worker.history.answers import Answers, JobAnswers
from worker.history.memory import MemoryStore
from worker.history.sqlite import SqliteStore
from worker.history.store import Key, Store, StoreError

__all__ = ["Answers", "JobAnswers", "Key", "MemoryStore", "SqliteStore", "Store", "StoreError"]
