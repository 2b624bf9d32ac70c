"""THE DATA PATH: one job in, one outcome out."""

from worker.connector.access import Access, Grant, check_identity
from worker.connector.connector import Connector, Preview
from worker.connector.ports import Documents, History, JobAnswers, Service

__all__ = ["Access", "Connector", "Documents", "Grant", "History", "JobAnswers", "Preview", "Service", "check_identity"]
