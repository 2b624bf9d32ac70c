"""Mapping one data model onto another: the fields of both sides, and what a proposal has to be like."""

from worker.operations.mapping.fields import TargetField, source_fields, target_fields
from worker.operations.mapping.proposal import proposal_schema, proposed

__all__ = ["TargetField", "proposal_schema", "proposed", "source_fields", "target_fields"]
