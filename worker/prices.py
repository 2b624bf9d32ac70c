"""What tokens cost: the list prices of the library genai-prices, which it keeps up to date and brings with it."""

from functools import cache

__all__ = ["are_loaded", "cost_usd", "load"]


@cache
def load() -> None:
    """
    Read the price table: about 0.3 s and 27 MB, once.

    Whoever has a loop to keep running calls this in a thread before the first price is asked for.
    """
    import genai_prices  # noqa: PLC0415 - too heavy for the start of a worker that may never need it

    genai_prices.calc_price(genai_prices.Usage(input_tokens=0), "gpt-4.1-mini", provider_id="azure")


def are_loaded() -> bool:
    """Whether the table has been read."""
    return load.cache_info().currsize > 0


def cost_usd(model: str | None, *, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float | None:
    """
    US dollars for one call at the list price, None where the table does not know *model*.

    *input_tokens* contains *cached_tokens*. Discounts, reservations and regional prices are not in it.
    """
    if not model:
        return None
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - see load

    tokens = Usage(input_tokens=input_tokens, output_tokens=output_tokens, cache_read_tokens=cached_tokens)
    try:
        return float(calc_price(tokens, model, provider_id="azure").total_price)
    except (LookupError, ValueError):  # ValueError: counts that contradict each other
        return None
