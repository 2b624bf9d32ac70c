"""
The worker's settings: the only reader of the environment and of the operator's file.

Each field of Settings is one line of the README's table: name, type, default, unit and meaning. The first variable of
a field is its own name; the others are names that the ecosystem already uses for the same thing.
"""

from worker.settings.configuration import Configuration, configuration_of, placeholders_in
from worker.settings.declared import variables_of
from worker.settings.settings import Settings, SettingsError, environment, load, origins

__all__ = [
    "Configuration",
    "Settings",
    "SettingsError",
    "configuration_of",
    "environment",
    "load",
    "origins",
    "placeholders_in",
    "variables_of",
]
