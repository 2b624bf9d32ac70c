"""Prompt history: who asked what, when, at what cost, with what answer."""

from worker.history.prompts.entry import OUTCOMES, Entry
from worker.history.prompts.recorder import Recorder
from worker.history.prompts.register import Register, Wanted

__all__ = ["OUTCOMES", "Entry", "Recorder", "Register", "Wanted"]
