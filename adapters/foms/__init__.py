"""The fund's «Пролеченный случай» database (FOMS, the mandatory health insurance fund), reached over X-Road SOAP."""

from adapters.foms.client import FomsClient, open_foms_client
from adapters.foms.settings import FomsSettings

__all__ = ["FomsClient", "FomsSettings", "open_foms_client"]
