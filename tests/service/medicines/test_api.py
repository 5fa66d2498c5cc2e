from collections.abc import AsyncIterator

import pytest

from gateway.batch.tables import read_table
from gateway.reference.medicine_register import MedicinesInMemory
from gateway.reference.medicines import parse_medicines
from gateway.rules.days import bishkek_day
from gateway.rules.medicines.reference import ReferenceVersion
from gateway.rules.medicines.versions import VersionDates
from schemas.medicines import MedicinePage, MedicineView
from tests.service.api.conftest import Gateway, make_services, serve
from tests.service.api.memory import NOW
from tests.support.programme import medicine

TODAY = bishkek_day(NOW)
DATES = VersionDates(number=4, valid_from=TODAY, valid_until=None, list_approved_on=TODAY, levels_set_on=TODAY)
MEMBERS = [medicine(code=f"E{number}", trade_name=f"Эналаб {number}") for number in range(5)]
OTHER = medicine(code="L1", components=[{"inn": "losartan", "strength": "50", "strength_unit": "mg"}])


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    register = MedicinesInMemory([ReferenceVersion(4, TODAY, None, [*MEMBERS, OTHER])], [DATES])
    async for running in serve(make_services(medicines=register)):
        yield running


@pytest.mark.clause("13")
async def test_clause_13_everybody_may_read_the_reference_page_by_page(gateway: Gateway) -> None:
    codes: list[str] = []
    after = ""
    while True:
        page = await gateway.get(f"/v1/medicines?limit=2{after}")
        MedicinePage.model_validate_json(page.body)
        codes += [item["code"] for item in page.json["items"]]
        if page.json["next"] is None:
            break
        after = f"&after={page.json['next']}"
    assert codes == ["E0", "E1", "E2", "E3", "E4", "L1"]
    assert page.json["version"]["number"] == 4


async def test_medicines_are_found_by_name_and_by_group(gateway: Gateway) -> None:
    by_name = await gateway.get("/v1/medicines?search=LOSAR")
    assert [item["code"] for item in by_name.json["items"]] == ["L1"]
    by_trade_name = await gateway.get("/v1/medicines?search=эналаб 3")
    assert [item["code"] for item in by_trade_name.json["items"]] == ["E3"]
    group = await gateway.get("/v1/medicines?group_of=E2")
    assert [item["code"] for item in group.json["items"]] == ["E0", "E1", "E2", "E3", "E4"]


async def test_a_medicine_is_shown_with_what_may_replace_it(gateway: Gateway) -> None:
    shown = await gateway.get("/v1/medicines/E1")
    view = MedicineView.model_validate_json(shown.body)
    assert view.medicine == MEMBERS[1]
    assert view.generic_group == ["E0", "E1", "E2", "E3", "E4"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/medicines/X", "MEDICINE_NOT_FOUND"),
        ("/v1/medicines?group_of=X", "MEDICINE_NOT_FOUND"),
        ("/v1/medicines?on=2025-01-01", "MEDICINE_NOT_FOUND"),
        ("/v1/medicines?on=2025-13-01", "REQUEST_PARAMETER"),
        ("/v1/medicines?on=20250101", "REQUEST_PARAMETER"),
        ("/v1/medicines?colour=red", "REQUEST_PARAMETER"),
        ("/v1/medicines/export?format=pdf", "REQUEST_PARAMETER"),
    ],
)
async def test_what_is_not_there_is_refused(gateway: Gateway, path: str, code: str) -> None:
    assert (await gateway.get(path)).code == code


async def test_a_known_version_is_not_sent_again(gateway: Gateway) -> None:
    first = await gateway.get("/v1/medicines")
    again = await gateway.get("/v1/medicines", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    other = await gateway.get("/v1/medicines", headers={"If-None-Match": '"3-"'})
    assert other.status == 200


@pytest.mark.clause("13")
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
async def test_clause_13_the_export_can_be_imported(gateway: Gateway, suffix: str, tmp_path) -> None:
    sent = await gateway.get(f"/v1/medicines/export?format={suffix}")
    assert sent.headers["Content-Disposition"].endswith(f'.{suffix}"')
    file = tmp_path / f"reference.{suffix}"
    file.write_bytes(sent.body)
    rows, _ = read_table(file)
    assert parse_medicines(row for row, _ in rows).medicines == (*MEMBERS, OTHER)
