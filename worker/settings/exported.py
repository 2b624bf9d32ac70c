"""Where traces and metrics are sent, under OpenTelemetry's own names."""

from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, SecretStr

from worker.settings.declared import Names, setting

__all__ = ["Exported"]

_KNOWN: Final = ("otlp", "prometheus", "none")


def _exporters(names: tuple[str, ...]) -> tuple[str, ...]:
    if not set(names) <= set(_KNOWN):
        raise ValueError("otlp or none; prometheus is always there on the management port")
    return names


Exporters = Annotated[Names, AfterValidator(_exporters)]
Sampler = Literal[
    "always_on", "always_off", "traceidratio",
    "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
]  # fmt: skip


class Exported(BaseModel):
    """Export by OTLP: on where there is an endpoint. The SDK's own further variables hold as well."""

    otel_exporter_otlp_endpoint: SecretStr | None = setting(
        None, "OTEL_EXPORTER_OTLP_ENDPOINT",
        text="Collector that traces and metrics are sent to (OTLP over HTTP, extra `otlp`), such as "
        "`http://collector:4318`; nothing is sent without one. The SDK's other `OTEL_EXPORTER_OTLP_*` and `OTEL_BSP_*` "
        "variables hold too: headers, certificates, compression, time-outs",
    )  # fmt: skip
    otel_exporter_otlp_traces_endpoint: SecretStr | None = setting(
        None, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", text="Whole URL for traces alone"
    )
    otel_exporter_otlp_metrics_endpoint: SecretStr | None = setting(
        None, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", text="Whole URL for metrics alone"
    )
    otel_exporter_otlp_protocol: Literal["http/protobuf"] = setting(
        "http/protobuf", "OTEL_EXPORTER_OTLP_PROTOCOL", text="How they are sent; there is no other way"
    )
    otel_traces_exporter: Exporters = setting(
        ("otlp",), "OTEL_TRACES_EXPORTER", text="`none` sends no traces, whatever the endpoint"
    )
    otel_metrics_exporter: Exporters = setting(
        ("otlp",), "OTEL_METRICS_EXPORTER", text="`none` or `prometheus` sends no metrics, whatever the endpoint"
    )
    otel_sdk_disabled: bool = setting(False, "OTEL_SDK_DISABLED", text="Whether nothing is sent at all")
    otel_service_name: str | None = setting(
        None, "OTEL_SERVICE_NAME", text="Name of this service there; by default that in `OTEL_RESOURCE_ATTRIBUTES`, or "
        "`azure-openai-worker`",
    )  # fmt: skip
    otel_traces_sampler: Sampler = setting(
        "parentbased_always_on", "OTEL_TRACES_SAMPLER",
        text="Which traces are sent: all, none, or a ratio of those that begin with a job; `parentbased` does as the "
        "process's own trace says where there is one",
    )  # fmt: skip
    otel_traces_sampler_arg: float = setting(1.0, "OTEL_TRACES_SAMPLER_ARG", ge=0, le=1, text="The ratio, from 0 to 1")
    otel_metric_export_interval: int = setting(
        60_000, "OTEL_METRIC_EXPORT_INTERVAL", ge=100, text="Milliseconds between two exports of metrics"
    )

    @property
    def exports_traces(self) -> bool:
        """Whether spans are sent anywhere."""
        to = self.otel_exporter_otlp_traces_endpoint or self.otel_exporter_otlp_endpoint
        return bool(to) and "otlp" in self.otel_traces_exporter and not self.otel_sdk_disabled

    @property
    def exports_metrics(self) -> bool:
        """Whether metrics are sent anywhere."""
        to = self.otel_exporter_otlp_metrics_endpoint or self.otel_exporter_otlp_endpoint
        return bool(to) and "otlp" in self.otel_metrics_exporter and not self.otel_sdk_disabled

    @property
    def sampled_ratio(self) -> float:
        """Of the traces that begin here, how many are kept; 0 where none are sent."""
        if not self.exports_traces or self.otel_traces_sampler.endswith("always_off"):
            return 0.0
        return 1.0 if self.otel_traces_sampler.endswith("always_on") else self.otel_traces_sampler_arg

    @property
    def follows_parent(self) -> bool:
        """Whether a process's own trace says whether it is kept."""
        return not self.exports_traces or self.otel_traces_sampler.startswith("parentbased")

    @property
    def collector(self) -> str:
        """Where to, as it may be told: a URL can hold a key, a host and a port do not."""
        given = (
            self.otel_exporter_otlp_endpoint,
            self.otel_exporter_otlp_traces_endpoint,
            self.otel_exporter_otlp_metrics_endpoint,
        )
        hosts = {urlsplit(url.get_secret_value()).netloc.rpartition("@")[2] for url in given if url}
        return ", ".join(sorted(hosts))
