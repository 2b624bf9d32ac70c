"""What tokens cost: the list prices of the library genai-prices, which it keeps up to date and brings with it."""

import gc
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

__all__ = ["Unit", "are_loaded", "cost_of_units_usd", "cost_usd", "load"]

_PROVIDER: Final = "azure"
_UNITS: Final = ("input_mtok", "cache_read_mtok", "output_mtok")
_DATE: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_PARTS: Final = 10**15  # of a dollar: every price for a token is a whole number of them, so that sums are exact
_PARTS_OF_A_MILLIONTH: Final = _PARTS // 10**6  # the table is per million tokens

Unit = Literal[
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "input_image_tokens",
    "output_image_tokens",
    "input_audio_tokens",
    "audio_seconds",
    "input_characters",
]
"""What is paid for, in the library's own names."""


class _Table:
    is_read = False


def load() -> None:
    """
    Read the price table: about 0.3 s and 6 MB, once.

    Whoever has a loop to keep running calls this in a thread before the first price is asked for.
    """
    if _Table.is_read:
        return
    _asked("gpt-4.1-mini", 0, 0, 0)
    _Table.is_read = True
    gc.freeze()  # the table lives as long as the process: no collection need look at its 100,000 objects again


def are_loaded() -> bool:
    """Whether the table has been read."""
    return _Table.is_read


def cost_usd(model: str | None, *, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float | None:
    """
    US dollars for one call at the list price, None where the table does not know *model*.

    *input_tokens* contains *cached_tokens*. Discounts, reservations and regional prices are not in it.
    """
    if not model:
        return None
    if (rates := _rates(model)) is None:
        found = _asked(model, input_tokens, output_tokens, cached_tokens)
        return None if found is None else float(found.total_price)
    if not 0 <= cached_tokens <= input_tokens:  # counts that contradict each other
        return None
    total = (input_tokens - cached_tokens) * rates.fresh + cached_tokens * rates.cached + output_tokens * rates.output
    return total / _PARTS


def cost_of_units_usd(model: str | None, units: Mapping[Unit, float]) -> float | None:
    """
    US dollars for one call that is not counted in tokens of text alone, None where the table does not know the price.

    Tokens of an image or of sound are contained in *units*' tokens of that direction.
    """
    found = _priced(model, units) if model else None
    return float(found.total_price) if found is not None and found.total_price else None


class _Rates(NamedTuple):
    """Parts of a US dollar for one token."""

    fresh: int
    cached: int
    output: int


@lru_cache(maxsize=256)
def _rates(model: str) -> _Rates | None:
    """
    What a token of *model* costs; None where that depends on how many there are or on the day, or is not known.

    The library works its answer out from all units that it knows, which takes longer than all the rest of a job.
    """
    found = _asked(model, 0, 0, 0)
    if found is None or isinstance(found.model.prices, list):
        return None
    fresh, cached, output = (getattr(found.model_price, unit) for unit in _UNITS)
    rates = (fresh, fresh if cached is None else cached, output or Decimal(0))
    if not all(isinstance(rate, Decimal) and (rate * _PARTS_OF_A_MILLIONTH) % 1 == 0 for rate in rates):
        return None
    return _Rates(*(int(rate * _PARTS_OF_A_MILLIONTH) for rate in rates))


def _asked(model: str, input_tokens: int, output_tokens: int, cached_tokens: int) -> "PriceCalculation | None":
    return _priced(
        model, {"input_tokens": input_tokens, "output_tokens": output_tokens, "cache_read_tokens": cached_tokens}
    )


def _priced(model: str, units: Mapping[Unit, float]) -> "PriceCalculation | None":
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - too heavy for a start that may never need it

    used = Usage(**{str(unit): count for unit, count in units.items()})
    for name in dict.fromkeys((model, _DATE.sub("", model))):  # the table names some models without their date
        try:
            return calc_price(used, name, provider_id=_PROVIDER)
        except (LookupError, ValueError):  # ValueError: counts that contradict each other
            continue
    return None
