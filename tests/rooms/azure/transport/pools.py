"""A pool of the default transport for a test, and the request that most tests make."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from worker.azure import AzureOptions, DefaultTransport, Timeouts
from worker.wire import Reply

PATIENT = Timeouts(connect_s=10.0)
HEADERS = {"api-key": "hunter2", "accept-encoding": "gzip, deflate"}


@asynccontextmanager
async def a_pool(options: AzureOptions | None = None) -> AsyncIterator[DefaultTransport]:
    """Open it for the block."""
    pool = DefaultTransport(options or AzureOptions())
    try:
        yield pool
    finally:
        await pool.close()


async def post(pool: DefaultTransport, url: str, body: bytes = b"{}", *, timeouts: Timeouts = PATIENT) -> Reply:
    """Post *body* to *url*, with a key."""
    return await pool.send("POST", url, HEADERS, body, timeouts=timeouts)
