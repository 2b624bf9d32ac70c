"""Keys: where they are kept, the few places where they may be filled in, and their masking everywhere else."""

from worker.secrets.environment import EnvironmentSecrets
from worker.secrets.policy import Policy, Rule
from worker.secrets.redact import Redactor
from worker.secrets.vault import Secrets, SecretSource

__all__ = ["EnvironmentSecrets", "Policy", "Redactor", "Rule", "SecretSource", "Secrets"]
