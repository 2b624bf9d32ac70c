"""Waiting for the thing itself, with a bound, in place of sleeping."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

__all__ = ["PATIENCE_S", "eventually", "until"]

_T = TypeVar("_T")
PATIENCE_S = 60.0  # for things that take a second or two on an idle machine


@overload
async def eventually(probe: Callable[[], Awaitable[_T | None]], *, what: str, within_s: float = ...) -> _T: ...


@overload
async def eventually(probe: Callable[[], _T | None], *, what: str, within_s: float = ...) -> _T: ...


async def eventually(probe: Callable[[], Any], *, what: str, within_s: float = PATIENCE_S) -> Any:
    """What *probe* gives, as soon as it gives something; AssertionError naming *what* when it never does."""
    deadline_s = asyncio.get_running_loop().time() + within_s
    while not (found := await looked if inspect.isawaitable(looked := probe()) else looked):
        assert asyncio.get_running_loop().time() < deadline_s, f"waited {within_s} s for {what}"
        await asyncio.sleep(0.02)
    return found


async def until(probe: Callable[[], Awaitable[object]], wanted: object, *, what: str) -> None:
    """Wait until what *probe* brings equals *wanted*; AssertionError naming *what* when it never does."""

    async def is_there() -> bool:
        return await probe() == wanted

    await eventually(is_there, what=what)
