"""Asking a management port, or whoever else answers a GET."""

import aiohttp

__all__ = ["page"]


async def page(url: str) -> tuple[int, str]:
    """The status and the text at *url*. aiohttp.ClientError where nobody answers."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()
