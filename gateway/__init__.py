"""Köpürö: the integration gateway of Kyrgyz health care."""

__version__ = "0.1.0"
