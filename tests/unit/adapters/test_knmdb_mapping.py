"""Between our words and KNMDB's."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.knmdb.errors import Group, group_of
from adapters.knmdb.mapping import BoxAnswer, BoxEvent, Declaration, ProductState, sale_body
from adapters.knmdb.settings import KnmdbSettings
from tests.contract.knmdb import GTIN, PASSWORD, PIN, box_code, part, sold, whole

ANSWER = {
    "gtin": GTIN,
    "serialNumber": "SN00000001",
    "isExpired": False,
    "isAvailableForSale": True,
    "isSuspendedOrRecalled": False,
    "productState": 10,
}


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999999.99"), places=2))
def test_prices_are_json_numbers_with_the_digits_of_the_decimal(price: Decimal):
    body = json.loads(sale_body(sold(whole(1, price))), parse_float=Decimal, parse_int=Decimal)
    assert body["details"][0]["price"] == price


def test_a_sale_in_knmdbs_words():
    body = json.loads(sale_body(sold(whole(1), part(2, units=7))))
    assert body == {
        "prescriptionId": "RX-0001",
        "patientId": PIN,
        "isPharmacyConsuption": True,
        "details": [
            {"qrCode": box_code(1), "price": 540.0, "isPartialSale": False, "partialSaleAmount": 0},
            {"qrCode": box_code(2), "price": 180.0, "isPartialSale": True, "partialSaleAmount": 7},
        ],
    }


@pytest.mark.parametrize(
    ("written", "state"),
    [
        (3, ProductState.SALES),
        ("3", ProductState.SALES),
        ("Sales", ProductState.SALES),
        ("Partial Sales Cancelled", ProductState.PARTIAL_SALES_CANCELLED),
        ("transferAccepted", ProductState.TRANSFER_ACCEPTED),
        (99, ProductState.OTHER),
        ("Lost At Sea", ProductState.OTHER),
    ],
)
def test_states_are_read_as_numbers_and_as_names(written: object, state: ProductState):
    assert BoxAnswer.model_validate({**ANSWER, "productState": written}).product_state is state


@pytest.mark.parametrize("written", [None, True, 3.5, [3]])
def test_what_is_no_state_is_refused(written: object):
    with pytest.raises(ValidationError):
        BoxAnswer.model_validate({**ANSWER, "productState": written})


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-03-15", date(2026, 3, 15)),
        ("2026-03-15T23:59:59", date(2026, 3, 15)),
        ("2026-03-15T23:59:59.1234567", date(2026, 3, 15)),
        ("2026-03-15T20:00:00Z", date(2026, 3, 16)),
        ("2026-03-15T20:00:00+06:00", date(2026, 3, 15)),
    ],
)
def test_days_of_events_are_days_in_bishkek(written: str, day: date):
    event = BoxEvent.model_validate({"declarationNumber": 1, "state": 3, "stateDate": written})
    assert event.day == day


@pytest.mark.parametrize("written", ["", "15.03.2026", None, 20260315])
def test_what_is_no_day_is_refused(written: object):
    with pytest.raises(ValidationError):
        BoxEvent.model_validate({"declarationNumber": 1, "state": 3, "stateDate": written})


@pytest.mark.parametrize("number", [0, -1, None, "", "x", 1.5])
def test_only_a_number_above_zero_is_a_declaration(number: object):
    with pytest.raises(ValidationError):
        Declaration.model_validate({"declarationId": number})


@pytest.mark.parametrize(
    ("gtin", "serial", "code", "same"),
    [
        (GTIN, "SN00000001", box_code(1), True),
        (GTIN.lstrip("0"), "SN00000001", box_code(1), True),
        (GTIN, None, box_code(1), True),
        (GTIN, "SN00000001", f"(01){GTIN}(21)SN00000001(17)281231", True),
        (GTIN, "SN(1)", f"01{GTIN}21SN(1)", True),
        (GTIN, "SN00000002", box_code(1), False),
        ("04600000009999", "SN00000001", box_code(1), False),
    ],
)
def test_an_answer_speaks_of_the_box_that_was_asked_for(gtin: str, serial: str | None, code: str, *, same: bool):
    answer = BoxAnswer.model_validate({**ANSWER, "gtin": gtin, "serialNumber": serial})
    assert answer.is_of(code) is same


@given(st.integers())
def test_codes_that_nobody_documented_mean_nothing_certain(code: int):
    assert group_of(code) in Group
    if not 0 <= code < 7000:
        assert group_of(code) is Group.ELSEWHERE


@pytest.mark.parametrize(
    "url",
    ["http://ndbapi.med.kg", "https://a:b@ndbapi.med.kg", "https://ndbapi.med.kg/path", "ndbapi.med.kg", "file:///x"],
)
def test_passwords_go_over_tls_or_stay_on_this_machine(url: str):
    with pytest.raises(ValidationError):
        KnmdbSettings.model_validate({"url": url})


def test_a_password_in_clear_text_is_refused():
    account = {"user_name": "pharmacy", "password": PASSWORD, "stakeholder": "Аптека"}
    with pytest.raises(ValidationError) as refusal:
        KnmdbSettings.model_validate({"accounts": {"770001": account}})
    assert PASSWORD not in str(refusal.value)
