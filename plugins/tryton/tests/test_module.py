"""Tryton's own tests of a module, and its words in Russian and Kyrgyz."""

from __future__ import annotations

from unittest import main

import environment  # noqa: F401 - sets Tryton up
import polib
from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.tests.test_tryton import ModuleTestCase, with_transaction
from trytond.transaction import Transaction


class SalePointPrescription(ModuleTestCase):
    """Views, buttons, fields, access, dependencies."""

    module = "sale_point_prescription"

    @with_transaction()
    def test_every_word_is_there_in_russian_and_kyrgyz(self) -> None:
        languages = Pool().get("ir.lang")
        translations = Pool().get("ir.translation")
        for code in ("ru", "ky"):
            languages.load_translations(languages.search([("code", "=", code)]))
            words = polib.pofile(translations.translation_export(code, self.module).decode())
            self.assertGreater(len(words), 120)
            wanting = [word.msgid for word in words if not word.msgstr or "fuzzy" in word.flags]
            self.assertEqual(wanting, [], code)
            for word in words:
                self.assertEqual(places(word.msgid), places(word.msgstr), word.msgid)
            with Transaction().set_context(language=code):
                refused = gettext("sale_point_prescription.msg_agent_refused", code="X")
            self.assertEqual(refused, {"ru": "Отказ (X).", "ky": "Баш тартылды (X)."}[code])


def places(text: str) -> set[str]:
    """What is filled in."""
    return {part.partition(")")[0] for part in text.split("%(")[1:]}


del ModuleTestCase

if __name__ == "__main__":
    main()
