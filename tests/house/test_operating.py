"""What operators are told is what there is."""

from tests.house.tree import ROOT
from worker.telemetry.metrics import Metrics
from worker.telemetry.metrics.exposition import exposed_name


def test_every_metric_is_explained() -> None:
    """The guide for operators names each metric, in full or, after another one, by its end."""
    guide = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    metrics = Metrics(version="1", permits=1)
    metrics.read_deployments(list)
    names = [exposed_name(each.described, each.kind) for each in metrics.instruments]

    said = {name: (f"`{name}`", f"`…{name.removeprefix('azure_openai_worker')}`") for name in names}

    assert [] == [name for name, forms in said.items() if not any(form in guide for form in forms)]
