"""
gRPC over HTTP/2, as much of it as a job worker needs: calls with one request, answered once or by a stream.

It stands here instead of grpcio because that, written for all of gRPC, was the dearest part of a job: docs/decisions.md
has what was measured.
"""

from worker.broker.rpc.channel import Channel
from worker.broker.rpc.http2 import STREAM_WINDOW, Call
from worker.broker.rpc.status import RpcError, StatusCode

__all__ = ["STREAM_WINDOW", "Call", "Channel", "RpcError", "StatusCode"]
