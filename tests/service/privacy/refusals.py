"""Requests about a planted person that the gateway must refuse, or at least must not keep anything of."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from tests.builders import case_json
from tests.support.planted import PlantedPerson

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. ``proven`` ones are sent with a client's token."""

    method: str
    path: str
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    proven: bool = True


def of(person: PlantedPerson) -> Iterator[Ask]:
    """Every way in which somebody's ПИН and names come where they do not belong."""
    yield from _in_bodies(person)
    yield from _in_addresses(person)
    yield from _in_headers(person)
    yield from _in_sign_in(person)
    yield from _in_commands(person)


def _submitted(content: bytes, key: str, **headers: str) -> Ask:
    fields = {"Content-Type": JSON, "Idempotency-Key": key} | {n.replace("_", "-"): v for n, v in headers.items()}
    return Ask("POST", "/v1/treated-cases", content, fields)


def _in_bodies(person: PlantedPerson) -> Iterator[Ask]:
    pin, name = person.pin, person.family_name
    patient = person.as_patient()
    whole = orjson.dumps(case_json(patient=patient))
    mistakes: tuple[dict[str, Any], ...] = (
        {"diagnoses": {"main": {"code": "Z99.99", "text": name}}},
        {"department": pin},
        {"organisation": pin[:6]},
        {"card_number": f"{pin} {name}", "ksf_number": pin},
        {"patient": {**patient, "pin": pin + "7", "sex": name, "citizenship": pin, "birth_date": name}},
        {"patient": {**patient, "birth_date": "1988-02-28"}},
        {name: pin},
        {"discharge": {"at": pin, "outcome": name}},
        {"movements": [pin, name]},
    )
    for number, mistake in enumerate(mistakes):
        yield _submitted(orjson.dumps(case_json(**{"patient": patient, **mistake})), f"wrong-{pin}-{number}")
    yield _submitted(f'{{"patient": {{"pin": "{pin}", "family_name": "{name}'.encode(), f"broken-{pin}")
    yield _submitted(whole.replace(b'"card_number"', f'"{pin}":1,"{pin}"'.encode()), f"twice-{pin}")
    yield _submitted(whole[:-1] + b"\xff", f"bytes-{pin}")
    yield _submitted(f'"{pin} {name}"'.encode(), f"no-object-{pin}")
    yield _submitted(whole, pin * 30)
    yield _submitted(orjson.dumps(case_json(patient=patient, card_number="other")), f"{pin}-1")
    yield _submitted(whole, f"type-{pin}", Content_Type=f"text/{pin}")
    yield _submitted(whole, f"coded-{pin}", Content_Encoding=pin)
    yield Ask("POST", "/v1/treated-cases", whole, {"Content-Type": JSON})
    yield Ask("PUT", f"/v1/treated-cases/{pin}", whole, {"Content-Type": JSON, "Idempotency-Key": f"put-{pin}"})
    unknown = "99999991895017425"
    yield Ask("PUT", f"/v1/treated-cases/{unknown}", whole, {"Content-Type": JSON, "Idempotency-Key": f"unknown-{pin}"})
    yield Ask("POST", "/v1/treated-cases/check", f'{{"pin": "{pin}", "{name}": 1}}'.encode(), {"Content-Type": JSON})


def _in_addresses(person: PlantedPerson) -> Iterator[Ask]:
    pin, name = person.pin, quote(person.family_name)
    for path in (
        f"/v1/treated-cases/{pin}",
        f"/v1/treated-cases/000{pin}",
        f"/v1/treated-cases/00000011895017425?{pin}={name}",
        f"/v1/operations/{pin}",
        f"/v1/operations?business_key={pin}&{name}={pin}",
        f"/v1/operations?state={pin}",
        f"/v1/events?after={name}",
        f"/v1/audit?after={pin}x",
        f"/v1/staff?organisation={pin}",
        f"/v1/errors/{pin}",
        f"/static/{name}",
        f"/{pin}/{name}",
    ):
        yield Ask("GET", path)
    yield Ask("DELETE", f"/v1/treated-cases/{pin}")
    yield Ask("PATCH", f"/{name}?{pin}")


def _in_headers(person: PlantedPerson) -> Iterator[Ask]:
    pin, latin = person.pin, person.family_name.encode().decode("latin-1")
    basic = base64.b64encode(f"{pin}:{person.family_name}".encode()).decode()
    for headers in (
        {"Authorization": f"Bearer {pin}"},
        {"Authorization": f"Basic {basic}"},
        {"Authorization": f"DPoP {pin}", "DPoP": pin},
        {"Authorization": latin},
        {"Cookie": f"__Host-kopuro={pin}; {pin}={pin}"},
        {"X-Road-Client": f"central-server/GOV/{pin}/{pin}"},
        {"Gateway-Sender": pin, "X-Forwarded-For": pin, "Forwarded": f"for={pin}"},
        {"X-Request-Id": pin, "traceparent": f"00-{pin}-{pin}-01", "tracestate": f"x={pin}", "Referer": f"/{pin}"},
    ):
        yield Ask("GET", "/v1/operations", headers=headers, proven=False)
    odd = {"X-Request-Id": pin, "traceparent": pin, "Accept-Language": pin, "User-Agent": pin, "Accept": pin}
    yield Ask("GET", f"/v1/operations/{pin}", headers=odd)
    yield _submitted(b"{}", f"prefer-{pin}", Prefer=f"wait={pin}")
    yield _submitted(b"{}", latin)


def _in_sign_in(person: PlantedPerson) -> Iterator[Ask]:
    pin, name = person.pin, quote(person.family_name)
    html = {"Accept": "text/html"}
    yield Ask("GET", f"/sign-in?return_to=//{pin}", proven=False)
    yield Ask("GET", f"/sign-in?{pin}={name}", headers=html, proven=False)
    yield Ask("GET", f"/sign-in/callback?code={pin}&state={name}", proven=False)
    yield Ask("GET", f"/sign-in/callback?error={pin}&error_description={name}", headers=html, proven=False)
    notice = f"logout_token={pin}".encode()
    yield Ask("POST", "/sign-in/ended", notice, {"Content-Type": FORM}, proven=False)
    password = f"grant_type=password&username={pin}&password={name}".encode()
    yield Ask("POST", "/oauth/token", password, {"Content-Type": FORM}, proven=False)
    assertion = f"grant_type=client_credentials&client_assertion={pin}&client_id={pin}".encode()
    yield Ask("POST", "/oauth/token", assertion, {"Content-Type": FORM}, proven=False)


def _in_commands(person: PlantedPerson) -> Iterator[Ask]:
    pin, name = person.pin, person.family_name
    granting = {
        "pin": pin,
        "name": name,
        "role": "hospital-clerk",
        "organisation": "950174",
        "valid_from": "2026-01-01",
    }
    for path, command in (
        ("/v1/staff", granting | {"pin": pin + "9"}),
        ("/v1/staff", granting | {"role": name}),
        ("/v1/staff", granting | {"organisation": pin}),
        ("/v1/staff", granting | {"valid_to": "2025-01-01"}),
        ("/v1/staff", granting | {name: pin}),
        (f"/v1/staff/{pin}/revoke", {"reason": name}),
        ("/v1/clients", {"id": name, "title": pin, "kind": pin}),
        (f"/v1/clients/{pin}/rotate", {}),
        (f"/v1/operations/{pin}/retry", {"reason": name}),
        (f"/v1/upstreams/{pin}/pause", {"reason": name}),
        ("/v1/audit/subject-report", {"pin": pin + "1"}),
        ("/v1/audit/subject-report", {"pin": pin, "purpose": name}),
    ):
        yield Ask("POST", path, orjson.dumps(command), {"Content-Type": JSON})
