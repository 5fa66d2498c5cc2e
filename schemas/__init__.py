"""The contracts: pydantic models, WSDL and XSD, the error catalogue, code lists and the generated OpenAPI.

Nothing here does I/O at run time or imports from ``gateway`` or ``adapters``; everything else may import from here.
"""
