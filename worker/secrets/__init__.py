"""Keys: where they are kept, the few places where they may be filled in, and their masking everywhere else."""

from worker.secrets.environment import EnvironmentSecrets
from worker.secrets.files import FileSecrets
from worker.secrets.placeholders import names
from worker.secrets.policy import Policy, Rule
from worker.secrets.redact import Redactor
from worker.secrets.sources import CachedSecrets, Files, Store, StoreDown, StoreOptions, store
from worker.secrets.vault import Secrets, SecretSource, Template

__all__ = [
    "CachedSecrets",
    "EnvironmentSecrets",
    "FileSecrets",
    "Files",
    "Policy",
    "Redactor",
    "Rule",
    "SecretSource",
    "Secrets",
    "Store",
    "StoreDown",
    "StoreOptions",
    "Template",
    "names",
    "store",
]
