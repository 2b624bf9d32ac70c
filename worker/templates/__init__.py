"""Element templates, made from the models that type the tasks: what a modeler fills in is what the worker reads."""

from worker.templates.catalogue import Template, catalogue, rendered
from worker.templates.shelf import Volume, given_out, keep, volumes
from worker.templates.validation import flaws

__all__ = ["Template", "Volume", "catalogue", "flaws", "given_out", "keep", "rendered", "volumes"]
