"""The parts of a template's form: the operation's fields, the connection, and what every task has."""

from worker.templates.form.connection import connection, deployment
from worker.templates.form.fields import Shape, input_binding
from worker.templates.form.operations import asks_a_deployment, inputs
from worker.templates.form.stock import GROUPS, beginning, call_options, ending
from worker.templates.form.words import label_of

__all__ = [
    "GROUPS",
    "Shape",
    "asks_a_deployment",
    "beginning",
    "call_options",
    "connection",
    "deployment",
    "ending",
    "input_binding",
    "inputs",
    "label_of",
]
