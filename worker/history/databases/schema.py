"""The schema, step by step, and how each database writes the few words in which they differ."""

from typing import Final, NamedTuple

from worker.history.store import StoreError

__all__ = ["POSTGRES", "SQLITE", "STEPS", "Dialect", "ahead"]


class Dialect(NamedTuple):
    """*schema* is where our tables lie, *parameter* what a parameter begins with, the rest are words of a step."""

    schema: str
    parameter: str
    blob: str
    by_key: str

    def sql(self, text: str) -> str:
        """*text* as this database reads it."""
        return text.replace("ours.", f"{self.schema}.").replace("?", self.parameter)

    def step(self, number: int) -> list[str]:
        """The statements of step *number*, counted from 1."""
        text = STEPS[number - 1].format(blob=self.blob, by_key=self.by_key)
        return [statement for part in text.split(";") if (statement := part.strip())]


SQLITE: Final = Dialect("main", "?", "BLOB", "WITHOUT ROWID")
POSTGRES: Final = Dialect("azure_openai_worker", "$", "BYTEA", "")

# A database counts the steps that it has taken. A step that was given out is never changed: what comes later is a step
# of its own, which an older worker that still runs can live with.
STEPS: Final = (
    """
    CREATE TABLE answers (
        job_key BIGINT NOT NULL,
        request {blob} NOT NULL,
        kept_at DOUBLE PRECISION NOT NULL,
        answer {blob} NOT NULL,
        PRIMARY KEY (job_key, request)
    ) {by_key};
    CREATE INDEX answers_by_age ON answers (kept_at);
    """,
    """
    CREATE TABLE prompts (
        id TEXT NOT NULL PRIMARY KEY,
        ended_at DOUBLE PRECISION NOT NULL,
        duration_s DOUBLE PRECISION NOT NULL,
        worker TEXT NOT NULL,
        tenant TEXT NOT NULL,
        process TEXT NOT NULL,
        process_version BIGINT NOT NULL,
        process_instance BIGINT NOT NULL,
        element TEXT NOT NULL,
        element_instance BIGINT NOT NULL,
        job BIGINT NOT NULL,
        operation TEXT,
        connection TEXT,
        provider TEXT,
        deployment TEXT,
        model TEXT,
        outcome TEXT NOT NULL,
        reason TEXT,
        calls BIGINT NOT NULL,
        calls_reused BIGINT NOT NULL,
        input_tokens BIGINT,
        output_tokens BIGINT,
        cached_tokens BIGINT,
        reasoning_tokens BIGINT,
        cost_usd DOUBLE PRECISION,
        request_id TEXT,
        trace_id TEXT,
        message TEXT,
        request TEXT,
        answer TEXT,
        size_bytes BIGINT NOT NULL
    );
    CREATE INDEX prompts_by_age ON prompts (ended_at);
    CREATE INDEX prompts_by_instance ON prompts (process_instance);
    """,
)


def ahead(taken: int) -> range:
    """
    The steps that a database which has *taken* so many has to take yet.

    Raises StoreError where a newer worker has taken more than this one knows.
    """
    if taken > len(STEPS):
        raise StoreError(
            f"its schema is of a newer worker (version {taken}, this one knows {len(STEPS)}): "
            "run that version, or set up another database"
        )
    return range(taken + 1, len(STEPS) + 1)
