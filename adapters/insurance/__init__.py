"""The insurer: whether a person is insured, and where registered, asked over X-Road SOAP."""

from adapters.insurance.client import InsuranceClient, open_insurance_client
from adapters.insurance.settings import InsuranceSettings

__all__ = ["InsuranceClient", "InsuranceSettings", "open_insurance_client"]
