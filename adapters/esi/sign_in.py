"""What a sign-in ends with, in the core's words: the adapter's own modules and its users take it from here."""

from gateway.access.provider import EsiIdentity, EsiUnavailable, LogoutNotice, Refusal, SignInRefused

__all__ = ["EsiIdentity", "EsiUnavailable", "LogoutNotice", "Refusal", "SignInRefused"]
