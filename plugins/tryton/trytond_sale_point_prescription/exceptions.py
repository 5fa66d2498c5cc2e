"""What a user is told."""

from trytond.exceptions import UserError


class PrescriptionError(UserError):
    """A subsidised sale cannot go on; the text says why and what to do."""
