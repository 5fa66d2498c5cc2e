"""Reports and acts as documents: PDF, XLSX and CSV, in Kyrgyz and Russian."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from aiohttp import web

from gateway.api import parameters
from gateway.api.auditing import note
from gateway.api.parameters import Query
from gateway.api.settlement_requests import ACT_ID, CSV, REPORT_ID, SETTLEMENT, requester_of
from gateway.audit.actions import Action, Purpose
from gateway.documents.act import ActContent, EntryContent, act_document
from gateway.documents.report import MedicineName, ReportContent, report_document
from gateway.documents.tables import TableDocument, shown_instant
from gateway.documents.tables_files import as_csv, as_xlsx
from gateway.middleware.context import stepping_out
from gateway.programme.ports import MedicineRegister
from gateway.programme.settlement.lines import all_lines
from gateway.programme.settlement.reading import ActWithEntries
from gateway.programme.settlement.records import state_refusal
from gateway.services import SERVICES
from schemas.errors import Language

PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _as_pdf(document: TableDocument) -> bytes:
    from gateway.documents.tables_pdf import as_pdf  # noqa: PLC0415 - slow to import, needed for this format only

    return as_pdf(document)


_WRITERS: Final[Mapping[str, tuple[str, Callable[[TableDocument], bytes]]]] = {
    "pdf": (PDF, _as_pdf),
    "xlsx": (XLSX, as_xlsx),
    "csv": (CSV, as_csv),
}
FORMAT: Final = parameters.one_of("format", "What kind of file.", tuple(_WRITERS), default="pdf")
LANGUAGE: Final = parameters.one_of("language", "In which language.", (Language.KY, Language.RU), default=Language.KY)
WISHES: Final = (FORMAT, LANGUAGE)


async def report(request: web.Request) -> web.Response:
    """``GET /v1/settlement/reports/{report_id}/document``: a formed report with all its lines."""
    kind, language = _wishes(request)
    settlement = request.app[SETTLEMENT]
    found = await settlement.reading.report(REPORT_ID.of_path(request), requester_of(request))
    if found.digest is None or found.formed_at is None:
        raise state_refusal(found)
    await note(request, Action.SETTLEMENT_READ, Purpose.PAYMENT, target=str(found.id), organisation=found.pharmacy)
    content = ReportContent(
        pharmacy=found.pharmacy,
        pharmacy_name=_name_of(request, found.pharmacy),
        month=found.month,
        formed=shown_instant(found.formed_at),
        lines=[line async for page in all_lines(settlement.store, found) for line in page],
        totals=found.totals,
        digest=found.digest,
    )
    document = partial(report_document, content, medicine_names(settlement.medicines), language)
    return await _file(request, document, kind, language, f"report-{found.pharmacy}-{found.month:%Y-%m}")


async def act(request: web.Request) -> web.Response:
    """``GET /v1/settlement/acts/{act_id}/document``: an act with the signatures that it has by now."""
    kind, language = _wishes(request)
    found = await request.app[SETTLEMENT].reading.act(ACT_ID.of_path(request), requester_of(request))
    pharmacy = found.act.report.pharmacy
    await note(request, Action.SETTLEMENT_READ, Purpose.PAYMENT, target=str(found.act.id), organisation=pharmacy)
    document = partial(act_document, _act_content(found, _name_of(request, pharmacy)), language)
    return await _file(request, document, kind, language, f"act-{found.act.number}")


def medicine_names(medicines: MedicineRegister) -> MedicineName:
    """What medicines are called; one that the reference no longer has is shown by its code."""

    def name(code: str, version: int) -> str:
        reference = medicines.version(version)
        medicine = None if reference is None else reference.find(code)
        return code if medicine is None else f"{medicine.trade_name}, {medicine.form} № {medicine.pack_size} ({code})"

    return name


def _wishes(request: web.Request) -> tuple[str, Language]:
    query = Query(request, WISHES)
    kind, language = query.get(FORMAT) or "pdf", query.get(LANGUAGE) or Language.KY
    query.done()
    return kind, Language(language)


def _act_content(found: ActWithEntries, pharmacy_name: str | None) -> ActContent:
    act, report = found.act, found.act.report
    assert report.digest is not None
    paid = None
    if act.payment_reference is not None and act.paid_at is not None:
        paid = (act.payment_reference, shown_instant(act.paid_at))
    return ActContent(
        number=act.number,
        pharmacy=report.pharmacy,
        pharmacy_name=pharmacy_name,
        month=report.month,
        drawn=shown_instant(act.drawn_at),
        lines=report.totals.lines,
        settled=act.settled,
        entries=[
            EntryContent(
                kind=entry.kind,
                dispense=entry.dispense,
                amount=entry.amount,
                source=entry.source,
                document_number=entry.document_number,
                document_date=entry.document_date,
            )
            for entry in found.entries
        ],
        total=act.total,
        report_digest=report.digest,
        digest=act.digest,
        signatures={
            role: (signature.person, shown_instant(signature.signed_at)) for role, signature in act.signatures.items()
        },
        paid=paid,
    )


def _name_of(request: web.Request, pharmacy: str) -> str | None:
    organisation = request.app[SERVICES].register.find(pharmacy)
    return None if organisation is None else organisation.name


async def _file(
    request: web.Request, document: Callable[[], TableDocument], kind: str, language: Language, name: str
) -> web.Response:
    """The file, made on another thread: many pages take their seconds."""
    media_type, write = _WRITERS[kind]
    with stepping_out(request):
        body = await asyncio.to_thread(lambda: write(document()))
    headers = {
        "Content-Type": media_type,
        "Content-Language": language.value,
        "Content-Disposition": f'attachment; filename="{name}.{kind}"',
    }
    return web.Response(body=body, headers=headers)
