"""A connection of HTTP/2 (RFC 9113), from the client's side and only for calls as gRPC makes them."""

from worker.broker.rpc.http2.call import Call
from worker.broker.rpc.http2.connection import Connection
from worker.broker.rpc.http2.frames import STREAM_WINDOW
from worker.broker.rpc.http2.heads import head_of

__all__ = ["STREAM_WINDOW", "Call", "Connection", "head_of"]
