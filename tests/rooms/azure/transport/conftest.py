"""Certificates that loopback servers show; and both event loops, which report a broken connection in different ways."""

import asyncio
import ssl

import pytest
import trustme
import uvloop

from tests.rooms.azure.transport.servers import Run


@pytest.fixture(params=[pytest.param(asyncio.run, id="asyncio"), pytest.param(uvloop.run, id="uvloop")])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a scenario on a loop of its own: the worker's is uvloop's, and asyncio's where there is none."""
    runner: Run = request.param
    return runner


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """What a server shows that is localhost or service.example."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "service.example").configure_cert(context)
    return context
