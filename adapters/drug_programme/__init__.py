"""The fund's information system of the additional drug programme, reached over X-Road SOAP."""

from adapters.drug_programme.client import DrugProgrammeClient, open_drug_programme_client
from adapters.drug_programme.settings import DrugProgrammeSettings

__all__ = ["DrugProgrammeClient", "DrugProgrammeSettings", "open_drug_programme_client"]
