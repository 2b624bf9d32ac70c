"""What spans say: OpenTelemetry's conventions for generative AI, messaging and HTTP, and the broker's own ids."""

from collections.abc import Mapping
from typing import Final

from worker.events import CallFinished, Consumed, Exchange, JobBrokenOff, JobFinished
from worker.job import Job
from worker.outcome import outcome_name
from worker.telemetry.metrics import conventions as name

__all__ = ["of_broken_off", "of_call", "of_job"]

Value = str | int | float | bool | tuple[str, ...]
Attributes = dict[str, Value]

_BROKEN_OFF: Final = "BROKEN_OFF"
_REFUSED_FROM: Final = 400

_OF_PATH: Final = {  # how a call's path ends, and what the conventions call that
    "chat/completions": "chat",
    "completions": "text_completion",
    "embeddings": "embeddings",
    "responses": "chat",
    "images/generations": "generate_content",
    "images/edits": "generate_content",
    "audio/speech": "generate_content",
    "audio/transcriptions": "generate_content",
    "audio/translations": "generate_content",
}
_OF_PARAMETER: Final = {
    "max_tokens": "gen_ai.request.max_tokens",
    "max_completion_tokens": "gen_ai.request.max_tokens",
    "max_output_tokens": "gen_ai.request.max_tokens",
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
    "frequency_penalty": "gen_ai.request.frequency_penalty",
    "presence_penalty": "gen_ai.request.presence_penalty",
    "seed": "gen_ai.request.seed",
    "n": "gen_ai.request.choice.count",
    "stream": "gen_ai.request.stream",
    "dimensions": "gen_ai.embeddings.dimension.count",
}


def of_job(event: JobFinished) -> tuple[str, Attributes]:
    """The name and attributes of a job's span."""
    said = _of_job(event.job, event.operation)
    said[f"{name.OURS}.outcome"] = outcome_name(event.outcome)
    if event.reason:
        said[name.ERROR_TYPE] = event.reason
    if event.provider is not None:
        said[name.GEN_AI_OPERATION] = name.operation_name(event.operation or "")
        said[name.GEN_AI_PROVIDER] = name.provider_name(event.provider)
    if event.deployment:
        said[name.GEN_AI_REQUEST_MODEL] = event.deployment
    if event.request_id:
        said[name.REQUEST_ID] = event.request_id
    return f"process {event.job.type}", said | _of_work(event.consumed)


def of_broken_off(event: JobBrokenOff) -> tuple[str, Attributes]:
    """Likewise of a job whose work was cancelled."""
    said = _of_job(event.job, event.operation)
    return f"process {event.job.type}", {**said, f"{name.OURS}.outcome": "broken_off", name.ERROR_TYPE: _BROKEN_OFF}


def of_call(event: CallFinished) -> tuple[str, Attributes]:
    """The name and attributes of a call's span."""
    about = event.exchange
    path = about.path if about else ""
    operation = next((word for end, word in _OF_PATH.items() if path.endswith(end)), "call")
    said: Attributes = {name.GEN_AI_OPERATION: operation, "server.address": event.host}
    if event.deployment:
        said[name.GEN_AI_REQUEST_MODEL] = event.deployment
    if event.status is not None:
        said["http.response.status_code"] = event.status
    if event.attempt > 1:
        said["http.request.resend_count"] = event.attempt - 1
    if event.request_id:
        said[name.REQUEST_ID] = event.request_id
    if event.status is None or event.status >= _REFUSED_FROM:
        said[name.ERROR_TYPE] = str(event.status) if event.status else event.error or _BROKEN_OFF
    return f"{operation} {event.deployment}".strip(), said | (_of_exchange(about) if about else {})


def _of_job(job: Job, operation: str | None) -> Attributes:
    return {
        "messaging.system": "zeebe",
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.destination.name": job.type,
        "messaging.message.id": str(job.key),
        "messaging.message.conversation_id": str(job.process_instance_key),
        "zeebe.bpmn_process_id": job.bpmn_process_id,
        "zeebe.process_definition_key": job.process_definition_key,
        "zeebe.process_definition_version": job.process_definition_version,
        "zeebe.process_instance_key": job.process_instance_key,
        "zeebe.element_id": job.element_id,
        "zeebe.element_instance_key": job.element_instance_key,
        "zeebe.job_key": job.key,
        "zeebe.job_retries": job.retries,
        "zeebe.tenant_id": job.tenant_id,
        **({f"{name.OURS}.operation": operation} if operation else {}),
    }


def _of_work(used: Consumed | None) -> Attributes:
    if used is None:
        return {}
    told: Mapping[str, Value | None] = {
        name.GEN_AI_RESPONSE_MODEL: used.model,
        **_tokens(used.input_tokens, used.output_tokens, used.cached_tokens, used.reasoning_tokens),
        f"{name.OURS}.cost_usd": used.cost_usd,
    }
    return {key: value for key, value in told.items() if value is not None}


def _of_exchange(about: Exchange) -> Attributes:
    told: Mapping[str, Value | None] = {
        name.GEN_AI_PROVIDER: name.provider_name(about.provider),
        "http.request.method": about.method,
        "server.port": about.port,
        "azure.resource_provider.namespace": "Microsoft.CognitiveServices" if about.provider == "azure" else None,
        **{_OF_PARAMETER[key]: value for key, value in about.asked.items() if key in _OF_PARAMETER},
        name.GEN_AI_RESPONSE_MODEL: about.model,
        "gen_ai.response.id": about.response_id,
        "gen_ai.response.finish_reasons": about.finish_reasons or None,
        **_tokens(about.input_tokens, about.output_tokens, about.cached_tokens, about.reasoning_tokens),
    }
    return {key: value for key, value in told.items() if value is not None}


def _tokens(given: int | None, made: int | None, cached: int | None, reasoned: int | None) -> Mapping[str, int | None]:
    return {
        "gen_ai.usage.input_tokens": given,
        "gen_ai.usage.output_tokens": made,
        "gen_ai.usage.cache_read.input_tokens": cached,
        "gen_ai.usage.reasoning.output_tokens": reasoned,
    }
