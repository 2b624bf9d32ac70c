"""Connections that have no key but sign in."""

from worker.azure.identities.entra import Identities, entra_of, masked

__all__ = ["Identities", "entra_of", "masked"]
