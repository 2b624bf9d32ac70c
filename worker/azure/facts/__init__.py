"""What is reported of exchanges with the service."""

from worker.azure.facts.exchange import exchange_of
from worker.azure.facts.fact import Circumstances, fact_of

__all__ = ["Circumstances", "exchange_of", "fact_of"]
