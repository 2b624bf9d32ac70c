"""Regular expressions as Java has them, with a guard against those that never end."""

from worker.feel.patterns.matching import compiled, find_all, replace, search, split

__all__ = ["compiled", "find_all", "replace", "search", "split"]
