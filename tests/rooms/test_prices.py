import pytest

from worker.prices import are_loaded, cost_usd, load


@pytest.mark.parametrize(
    ("model", "tokens", "usd"),
    [
        pytest.param("gpt-4.1-mini-2025-04-14", (1000, 500, 0), 1000 * 0.4e-6 + 500 * 1.6e-6, id="a dated model"),
        pytest.param("gpt-4.1-mini", (1000, 0, 1000), 1000 * 0.1e-6, id="cached tokens are cheaper"),
        pytest.param("text-embedding-3-small", (1000, 0, 0), 1000 * 0.02e-6, id="an embedding"),
        pytest.param("my-deployment", (1000, 500, 0), None, id="a name that is no model's"),
        pytest.param("gpt-4.1-mini", (10, 0, 20), None, id="counts that contradict each other"),
        pytest.param(None, (1, 1, 0), None, id="no model"),
    ],
)
def test_cost(model: str | None, tokens: tuple[int, int, int], usd: float | None) -> None:
    """List prices in US dollars, and None rather than a guess."""
    cost = cost_usd(model, input_tokens=tokens[0], output_tokens=tokens[1], cached_tokens=tokens[2])

    assert (cost is None) if usd is None else (cost == pytest.approx(usd))


def test_the_table_is_read_once() -> None:
    """After `load`, no price has to wait for it."""
    load()

    assert are_loaded()
