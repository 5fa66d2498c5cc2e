"""The error catalogue: one enum of stable codes, each with its HTTP status, who must act, advice, clause and texts."""

from schemas.errors.catalogue import CATALOGUE, entry
from schemas.errors.codes import ErrorCode
from schemas.errors.model import Actor, ErrorEntry, Language, Retry, Severity, Text

__all__ = ["CATALOGUE", "Actor", "ErrorCode", "ErrorEntry", "Language", "Retry", "Severity", "Text", "entry"]
