"""Whether a key that somebody wants to have registered is in their hands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.access.client_keys import public_part
from gateway.access.client_records import Jwk
from gateway.access.dpop import ProofReader
from gateway.access.jose import TokenRefused
from gateway.rules.findings import Finding, Refused


class Possession:
    """Asks for a DPoP proof (RFC 9449) by the very key, without an access token.

    ``origin`` is the gateway's public address, without a slash at the end.
    """

    def __init__(self, proofs: ProofReader, *, origin: str) -> None:
        self._proofs = proofs
        self._origin = origin

    async def proven(self, jwk: Mapping[str, Any], proof: str | None, path: str, *, otherwise: Finding) -> Jwk:
        """The public part of ``jwk`` as it is registered, after a fresh proof for ``POST`` to ``path`` by that key.

        Raises ``Refused``: CLIENT_KEY_INVALID at ``$.key``, or what is to be said ``otherwise``.
        """
        public = public_part(jwk)
        if proof is None:
            raise Refused((otherwise,))
        try:
            await self._proofs.read(proof, method="POST", url=self._origin + path, thumbprint=public["kid"])
        except TokenRefused as error:
            raise Refused((otherwise,)) from error
        return public
