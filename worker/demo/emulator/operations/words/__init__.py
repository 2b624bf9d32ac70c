"""What the emulator says, and how it counts it."""

from worker.demo.emulator.operations.words.mapping import proposal_for
from worker.demo.emulator.operations.words.wording import answer_to, as_json, example_of, pieces

__all__ = ["answer_to", "as_json", "example_of", "pieces", "proposal_for"]
