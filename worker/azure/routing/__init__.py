"""Connections with several endpoints: which one is asked, which is left alone, and where what is kept is."""

from worker.azure.routing.breakers import Breakers, EndpointState, Outcome, host_of
from worker.azure.routing.journey import Journey, Surroundings
from worker.azure.routing.moved import moved
from worker.azure.routing.router import Router

__all__ = ["Breakers", "EndpointState", "Journey", "Outcome", "Router", "Surroundings", "host_of", "moved"]
