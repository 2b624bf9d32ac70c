"""Which secrets a task may name: the operator's allow-list, per process and tenant."""

from typing import Literal

from pydantic import Field

from worker.connections import Asker, Audience, matches
from worker.given import Given

__all__ = ["Policy", "Rule"]


class Rule(Audience):
    """Tasks of this audience may name the secrets *names*: names or patterns such as `AZURE_*`."""

    names: tuple[str, ...] = Field(min_length=1)


class Policy(Given):
    """
    The allow-list and how strictly it is meant.

    With rules, a name that none of them opens is refused. Without any, `strict` opens the sources that hold nothing but
    what the operator has put there for tasks (variables with the prefix, mounted files) and no store that others
    use too; `lax` opens all of them.
    """

    mode: Literal["strict", "lax"] = "strict"
    allow: tuple[Rule, ...] = ()

    def refuses(self, name: str, asker: Asker) -> bool:
        """Whether there are rules, and none of them opens *name* to *asker*."""
        return bool(self.allow) and not any(rule.admits(asker) and matches(name, rule.names) for rule in self.allow)

    @property
    def opens_shared_stores(self) -> bool:
        """Whether a task may name a secret of a store that serves others too."""
        return bool(self.allow) or self.mode == "lax"
