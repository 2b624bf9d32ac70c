"""The parameters that the operations of the completion family share, with the ranges of Azure's OpenAPI."""

from typing import Annotated

from pydantic import Field

from worker.operations.model import InputModel

__all__ = ["LogitBias", "Probability", "Sampling", "Stop"]

LogitBias = dict[str, Annotated[float, Field(ge=-100, le=100)]]
Probability = Annotated[float, Field(ge=0, le=1)]
Penalty = Annotated[float, Field(ge=-2, le=2)]
Stop = str | Annotated[list[str], Field(min_length=1, max_length=4)]


class Sampling(InputModel):
    """How the model draws its answer. What is not given is left to the deployment."""

    max_tokens: Annotated[int, Field(ge=0)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Probability | None = None
    n: Annotated[int, Field(ge=1, le=128)] | None = None
    stop: Stop | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    logit_bias: LogitBias | None = None
    seed: int | None = None
    user: str | None = None
