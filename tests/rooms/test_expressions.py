import json

from worker.expressions import variables_of
from worker.inputs import TaskHeaders


def test_the_result_variable_gets_the_envelope() -> None:
    """The whole envelope lies under the name that the task asks for, whatever characters it has."""
    name = 'my "result"'

    variables = variables_of(b'{"status":200}', TaskHeaders(result_variable=name))

    assert json.loads(variables) == {name: {"status": 200}}


def test_without_a_result_variable_nothing_is_set() -> None:
    """Nothing leaks into the process that nobody asked for."""
    assert variables_of(b'{"status":200}', TaskHeaders()) == b"{}"
