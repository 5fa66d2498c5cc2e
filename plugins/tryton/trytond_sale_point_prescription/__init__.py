"""Tryton module «sale_point_prescription»: subsidised prescriptions at the point of sale."""
