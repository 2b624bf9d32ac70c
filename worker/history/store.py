"""What every store of answers promises."""

import hashlib
from typing import Protocol

import msgspec

__all__ = ["Key", "Store", "StoreError"]


class StoreError(Exception):
    """A store cannot be used now. The text is the cause in words."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """
    Which answer: of which job, to what was asked of whom, and to the how manieth of its kind.

    *head* is a digest of whom, *body* what was asked.
    """

    job_key: int
    head: bytes
    body: bytes
    number: int = 1

    @property
    def request(self) -> bytes:
        """A digest of all but the job; of a megabyte it takes milliseconds."""
        digest = hashlib.sha256(self.head)
        digest.update(self.body)
        return digest.digest() + self.number.to_bytes(4, "big")


class Store(Protocol):
    """
    Keeps answers, as bytes, for a while and within bounds of its own.

    Every method raises StoreError, and nothing else, when the store is out of order.
    """

    async def find(self, key: Key) -> bytes | None:
        """The answer that is kept under *key*, None where there is none (any more)."""

    async def keep(self, key: Key, answer: bytes) -> None:
        """Keep *answer*; one that is too large is not kept. What is oldest goes first when there is no room."""

    async def forget(self, job_key: int) -> None:
        """Forget all answers of that job."""

    async def close(self) -> None:
        """End it. Nothing may follow."""
