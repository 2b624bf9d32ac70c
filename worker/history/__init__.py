"""
What has been answered: answers are kept until their job is settled, and the history of prompts for longer.

`Answers` is what jobs ask, so that one that comes again is not paid again; memory and databases keep them. `Told` is
what the data path tells the prompt history of each job. Databases, and what writes the history, are loaded only when
they are opened.
"""

from worker.history.answers import Answers, JobAnswers
from worker.history.opening import Place, database_store, recorder, register
from worker.history.options import HistoryOptions
from worker.history.recent import RecentAnswers
from worker.history.store import Key, Store, StoreError
from worker.history.told import Exchange, Masks, Told

__all__ = [
    "Answers",
    "Exchange",
    "HistoryOptions",
    "JobAnswers",
    "Key",
    "Masks",
    "Place",
    "RecentAnswers",
    "Store",
    "StoreError",
    "Told",
    "database_store",
    "recorder",
    "register",
]
