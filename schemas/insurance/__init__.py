"""The contracts with the insurer: a person's last period of insurance, and where the person is registered.

The first is the Social Fund's service ``GetLastPeriodFOMS``, written down anew from its published names. The second is
not public, so the contract is ours, version 1. The files are read from here and never from the network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

SOCIAL_FUND_NAMESPACE: Final = "http://tunduk-sf.x-road.fi/producer"
"""The Social Fund's own namespace."""
LAST_PERIOD_WSDL: Final = Path(__file__).with_name("last_period.wsdl")
LAST_PERIOD: Final = Path(__file__).with_name("last_period.xsd")
"""Request and response of ``GetLastPeriodFOMS``."""

ATTACHMENT_NAMESPACE: Final = "urn:x-kopuro:foms:attachment:1"
"""Target namespace of our contract on attachment."""
ATTACHMENT_WSDL: Final = Path(__file__).with_name("attachment.wsdl")
ATTACHMENT: Final = Path(__file__).with_name("attachment.xsd")
"""Request and response of ``GetAttachment``."""
