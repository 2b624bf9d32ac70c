import pytest

from worker.prices import Unit, are_loaded, cost_of_units_usd, cost_usd, load


@pytest.mark.parametrize(
    ("model", "tokens", "usd"),
    [
        pytest.param("gpt-4.1-mini-2025-04-14", (1000, 500, 0), 1000 * 0.4e-6 + 500 * 1.6e-6, id="a dated model"),
        pytest.param(
            "gpt-image-1-mini-2025-10-06", (1000, 500, 0), 1000 * 2e-6 + 500 * 8e-6, id="named without its date"
        ),
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


@pytest.mark.parametrize(
    ("model", "units", "usd"),
    [
        pytest.param(
            "gpt-image-1.5", {"input_tokens": 10, "output_tokens": 100, "output_image_tokens": 100},
            10 * 5e-6 + 100 * 32e-6, id="tokens of an image",
        ),
        pytest.param("whisper-1", {"audio_seconds": 90.0}, 0.36 / 40, id="seconds of a recording"),
        pytest.param("tts-1", {"input_characters": 1000}, 0.015, id="characters that are spoken"),
        pytest.param("gpt-4o-mini-tts", {"input_characters": 1000}, None, id="not paid by that unit"),
        pytest.param("dall-e-3", {"input_tokens": 1}, None, id="not in the table"),
        pytest.param("gpt-image-1.5", {"output_tokens": 1, "output_image_tokens": 2}, None, id="contradiction"),
        pytest.param(None, {"input_tokens": 1}, None, id="no model"),
    ],
)  # fmt: skip
def test_cost_of_what_is_no_text(model: str | None, units: dict[Unit, float], usd: float | None) -> None:
    """Images and sound have prices of their own, and what is not known is not guessed."""
    cost = cost_of_units_usd(model, units)

    assert (cost is None) if usd is None else (cost == pytest.approx(usd))


def test_the_table_is_read_once() -> None:
    """After `load`, no price has to wait for it."""
    load()

    assert are_loaded()
