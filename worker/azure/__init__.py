"""
The HTTP edge: Azure OpenAI and whatever speaks like it.

`resolve` turns a task's fields into a Target, `Azure.ask` sends a Call there. Statuses are not judged here.
"""

from worker.azure.client import Azure
from worker.azure.endpoint import DEFAULT_API_VERSION, resolve, url
from worker.azure.limits import Limiter, LimitOptions, RedisStore, SharedLimits
from worker.azure.options import AzureOptions
from worker.azure.request import Request, request
from worker.azure.transport import DefaultTransport, HttpxTransport, Timeouts, Transport

__all__ = [
    "DEFAULT_API_VERSION",
    "Azure",
    "AzureOptions",
    "DefaultTransport",
    "HttpxTransport",
    "LimitOptions",
    "Limiter",
    "RedisStore",
    "Request",
    "SharedLimits",
    "Timeouts",
    "Transport",
    "request",
    "resolve",
    "url",
]
