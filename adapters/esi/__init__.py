"""Sign-in of people through the Unified Identification System («Единая система идентификации», ESI)."""

from adapters.esi.client import EsiClient, open_esi_client
from adapters.esi.settings import EsiSettings
from adapters.esi.sign_in import EsiIdentity, EsiUnavailable, LogoutNotice, Refusal, SignInRefused

__all__ = [
    "EsiClient",
    "EsiIdentity",
    "EsiSettings",
    "EsiUnavailable",
    "LogoutNotice",
    "Refusal",
    "SignInRefused",
    "open_esi_client",
]
