"""``/v1/medicines``: the reference of medicines, open to everybody (regulation on the drug programme, clause 13)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final

from aiohttp import web

from gateway.api.answers import answer
from gateway.api.parameters import Query, day, integer, one_of, text
from gateway.reference.medicine_export import as_csv, as_xlsx
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.rules.medicines.reference import ReferenceVersion
from gateway.rules.medicines.versions import VersionDates
from gateway.services import SERVICES
from schemas.errors import ErrorCode
from schemas.medicines import Medicine

_PAGE: Final = 100
_LARGEST_PAGE: Final = 500

CODE: Final = text("code", "The fund's code of the row.", place="path")
ON: Final = day("on", "The Bishkek day whose version is meant; today when left out.")
SEARCH: Final = text("search", "Part of the international or of the trade name.")
GROUP_OF: Final = text("group_of", "The code of a medicine: only those of its generic group.")
AFTER: Final = text("after", "The `next` of the page before.")
LIMIT: Final = integer("limit", "Most items on the page.", least=1, most=_LARGEST_PAGE, default=_PAGE)
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BY_CODE: Final = attrgetter("code")

FORMAT: Final = one_of("format", "Of what kind the table is to be.", ("csv", "xlsx"), default="csv")


async def index(request: web.Request) -> web.Response:
    """``GET /v1/medicines``: the medicines of a version, page by page."""
    query = Query(request, (ON, SEARCH, GROUP_OF, AFTER, LIMIT))
    on, search, group_of = query.get(ON), query.get(SEARCH), query.get(GROUP_OF)
    after, limit = query.get(AFTER), query.get(LIMIT) or _PAGE
    query.done()
    version, dates = _version(request, on)
    if (unchanged := _unchanged(request, dates)) is not None:
        return unchanged
    medicines: Sequence[Medicine] = tuple(version.medicines.values())
    if group_of is not None:
        medicines = version.group_of(_find(version, group_of, "query:group_of"))
    if search is not None:
        medicines = [medicine for medicine in medicines if _is_called(medicine, search.casefold())]
    ordered = sorted((one for one in medicines if after is None or one.code > after), key=_BY_CODE)
    page = ordered[:limit]
    body = {
        "version": _version_view(dates),
        "items": [_as_json(medicine) for medicine in page],
        "next": page[-1].code if len(ordered) > limit else None,
    }
    return answer(body, headers=_cache(dates))


async def show(request: web.Request) -> web.Response:
    """``GET /v1/medicines/{code}``: one medicine with its generic group."""
    query = Query(request, (ON,))
    on = query.get(ON)
    query.done()
    version, dates = _version(request, on)
    if (unchanged := _unchanged(request, dates)) is not None:
        return unchanged
    medicine = _find(version, CODE.of_path(request), "path:code")
    body = {
        "version": _version_view(dates),
        "medicine": _as_json(medicine),
        "generic_group": sorted(one.code for one in version.group_of(medicine)),
    }
    return answer(body, headers=_cache(dates))


async def export(request: web.Request) -> web.Response:
    """``GET /v1/medicines/export``: a whole version as a table."""
    query = Query(request, (ON, FORMAT))
    on, wanted = query.get(ON), query.get(FORMAT) or "csv"
    query.done()
    version, dates = _version(request, on)
    if (unchanged := _unchanged(request, dates)) is not None:
        return unchanged
    write, media_type = _TABLES[wanted]
    medicines = sorted(version.medicines.values(), key=_BY_CODE)
    # A workbook of some thousand rows takes a while to write.
    body = await asyncio.to_thread(write, medicines)
    name = f"maalymdama-{dates.valid_from.isoformat()}.{wanted}"
    headers = {"Content-Type": media_type, "Content-Disposition": f'attachment; filename="{name}"', **_cache(dates)}
    return web.Response(body=body, headers=headers)


_TABLES: Final[Mapping[str, tuple[Callable[[Sequence[Medicine]], bytes], str]]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, XLSX_TYPE),
}


def _version(request: web.Request, on: date | None) -> tuple[ReferenceVersion, VersionDates]:
    register = request.app[SERVICES].medicines
    wanted = on or bishkek_day(request.app[SERVICES].clock.now())
    version, dates = register.on(wanted), register.dates_on(wanted)
    if version is None or dates is None:
        raise Refused.because(ErrorCode.MEDICINE_NOT_FOUND, "query:on")
    return version, dates


def _find(version: ReferenceVersion, code: str, path: str) -> Medicine:
    medicine = version.find(code)
    if medicine is None:
        raise Refused.because(ErrorCode.MEDICINE_NOT_FOUND, path)
    return medicine


def _is_called(medicine: Medicine, part: str) -> bool:
    return part in medicine.inn.casefold() or part in medicine.trade_name.casefold()


def _as_json(medicine: Medicine) -> dict[str, Any]:
    return medicine.model_dump(mode="json")


def _version_view(dates: VersionDates) -> dict[str, object]:
    return {
        "number": dates.number,
        "valid_from": dates.valid_from,
        "valid_until": dates.valid_until,
        "list_approved_on": dates.list_approved_on,
        "levels_set_on": dates.levels_set_on,
    }


def _etag(dates: VersionDates) -> str:
    """Another one when the version is another, or has been given a last day since."""
    return f'"{dates.number}-{dates.valid_until or ""}"'


def _cache(dates: VersionDates) -> dict[str, str]:
    return {"ETag": _etag(dates), "Cache-Control": "public, max-age=60"}


def _unchanged(request: web.Request, dates: VersionDates) -> web.Response | None:
    known = request.if_none_match
    if known is None or _etag(dates).strip('"') not in {tag.value for tag in known}:
        return None
    return web.Response(status=304, headers=_cache(dates))
