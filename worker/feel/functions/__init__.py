"""The built-in functions, by name."""

from collections import defaultdict
from typing import Final

from worker.feel.functions import contexts, conversion, lists, numeric, ranges, statistics, strings, temporal
from worker.feel.signatures import Signature

_FAMILIES = (conversion, strings, numeric, lists, statistics, contexts, temporal, ranges)


def _by_name() -> dict[str, tuple[Signature, ...]]:
    found: defaultdict[str, list[Signature]] = defaultdict(list)
    for family in _FAMILIES:
        for signature in family.SIGNATURES:
            found[signature.name].append(signature)
    return {name: tuple(signatures) for name, signatures in found.items()}


BUILTINS: Final = _by_name()

__all__ = ["BUILTINS"]
