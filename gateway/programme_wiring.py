"""Composition of the additional drug programme. Part of the composition root."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from adapters.drug_programme.client import DrugProgrammeClient, open_drug_programme_client
from adapters.insurance.client import open_insurance_client
from adapters.knmdb.client import KnmdbClient, open_knmdb_client
from config.settings import Settings
from gateway.api.application import PROGRAMME
from gateway.api.budget import BUDGETS, PATIENT_LIMIT
from gateway.api.contracts import APPLICATIONS, CONTRACTS
from gateway.api.dispenses import DISPENSING
from gateway.api.monitoring import PRICES
from gateway.api.settlement_requests import SETTLEMENT
from gateway.limits.local import Buckets, LocalBuckets
from gateway.limits.lookups import LookupThrottle
from gateway.limits.shared import SharedBuckets
from gateway.middleware.prescription_validation import PRESCRIPTIONS
from gateway.operations.policy import DeliveryPolicy
from gateway.operations.signals import Signals
from gateway.ports import Upstream
from gateway.programme.budget.book import Budgets
from gateway.programme.budget.limit_book import Limits
from gateway.programme.budget.limit_setting import LimitSetting
from gateway.programme.budget.years import BudgetYears
from gateway.programme.contracts.applications import ApplicationDesk
from gateway.programme.contracts.book import Contracts
from gateway.programme.contracts.office import ContractOffice
from gateway.programme.dispensing.model import Surroundings
from gateway.programme.dispensing.quoting import QuotePurge
from gateway.programme.dispensing.records import receipt_key
from gateway.programme.dispensing.services import DispensingServices
from gateway.programme.monitoring.months import PriceMonitoring
from gateway.programme.prescribing.expiry import PrescriptionExpiry
from gateway.programme.prescribing.insurance import InsuranceDesk
from gateway.programme.prescribing.numbers import PrescriptionNumbers
from gateway.programme.prescribing.service import PrescribingSurroundings, Prescriptions
from gateway.programme.settlement import ports as settling
from gateway.programme.settlement.appointments import StaffAppointments
from gateway.programme.settlement.duty import MonthlyClosing
from gateway.programme.settlement.service import Settlement
from gateway.reference.medicine_register import MedicinesInMemory
from gateway.reference.organisations import OrganisationsInMemory
from gateway.store.grouping import Store
from gateway.telemetry.metrics import Metrics
from gateway.wiring import Duty, Ground


@dataclass(frozen=True, slots=True)
class Programme:
    """What was composed: upstreams with their policies, duties, and what handlers are given under which key."""

    destinations: Sequence[tuple[Upstream, DeliveryPolicy]]
    duties: Sequence[Duty]
    given: Sequence[tuple[web.AppKey[Any], Any]]

    def equip(self, application: web.Application) -> None:
        """Give handlers what they need."""
        application[PROGRAMME] = True
        for key, service in self.given:
            application[key] = service


@dataclass(frozen=True, slots=True)
class _Outside:
    """The systems around the programme."""

    fund: DrugProgrammeClient
    knmdb: KnmdbClient | None


def compose_programme(
    ground: Ground,
    *,
    signals: Signals,
    register: OrganisationsInMemory,
    medicines: MedicinesInMemory,
    metrics: Metrics,
    stack: contextlib.AsyncExitStack,
) -> Programme | None:
    """Compose it as the settings say; ``None`` where the fund's information system and the insurer are not set."""
    settings = ground.settings
    if settings.drug_programme is None or settings.insurance is None:
        return None
    assert settings.xroad is not None
    fund = open_drug_programme_client(settings.drug_programme, settings.xroad, ground.ids)
    stack.push_async_callback(fund.close)
    insurer = open_insurance_client(
        settings.insurance, settings.xroad, ground.clock, ground.ids, metrics.insurance_unanswered
    )
    stack.push_async_callback(insurer.close)
    knmdb = None if settings.knmdb is None else open_knmdb_client(settings.knmdb)
    if knmdb is not None:
        stack.push_async_callback(knmdb.close)
    outside = _Outside(fund, knmdb)
    desk = InsuranceDesk(
        source=insurer, store=ground.store, index=ground.keeper.index, clock=ground.clock, audit=ground.trail
    )
    dispensing = DispensingServices.of(
        _dispensing(ground, signals, medicines, knmdb), _throttle(settings, ground.store, metrics)
    )
    settlement = _settlement(ground)
    settled = Settlement.over(
        settlement, medicines=medicines, fund=fund, receipt_key=partial(receipt_key, ground.keeper.index)
    )
    return Programme(
        destinations=_destinations(settings, outside),
        duties=(
            PrescriptionExpiry(ground.store, ground.clock, desk),
            MonthlyClosing(ground.store, ground.clock, settled.forming),
            QuotePurge(ground.store, ground.clock),
        ),
        given=(
            (PRESCRIPTIONS, _prescriptions(ground, signals, register, medicines, desk)),
            (DISPENSING, dispensing),
            (SETTLEMENT, settled),
            *_offices(ground),
        ),
    )


def _offices(ground: Ground) -> Sequence[tuple[web.AppKey[Any], Any]]:
    """Contracts, budget, limit and prices: kept in the store alone."""
    kept = (ground.store, ground.clock, ground.ids, ground.trail.append)
    sealed = (ground.store, ground.keeper.sealer, ground.clock, ground.ids, ground.trail.append)
    return (
        (APPLICATIONS, ApplicationDesk(*sealed)),
        (CONTRACTS, ContractOffice(*sealed)),
        (BUDGETS, BudgetYears(*kept)),
        (PATIENT_LIMIT, LimitSetting(*kept)),
        (PRICES, PriceMonitoring(ground.store)),
    )


def _prescriptions(
    ground: Ground,
    signals: Signals,
    register: OrganisationsInMemory,
    medicines: MedicinesInMemory,
    desk: InsuranceDesk,
) -> Prescriptions:
    return Prescriptions(
        PrescribingSurroundings(
            store=ground.store,
            signals=signals,
            medicines=medicines,
            organisations=register,
            insurance=desk,
            limits=Limits(),
            sealer=ground.keeper.sealer,
            index=ground.keeper.index,
            append_audit=ground.trail.append,
            clock=ground.clock,
            ids=ground.ids,
            numbers=PrescriptionNumbers(),
            policy=ground.settings.programme.validity(),
        )
    )


def _dispensing(
    ground: Ground, signals: Signals, medicines: MedicinesInMemory, knmdb: KnmdbClient | None
) -> Surroundings:
    return Surroundings(
        store=ground.store,
        signals=signals,
        medicines=medicines,
        contracts=Contracts(),
        limits=Limits(),
        budgets=Budgets(),
        sealer=ground.keeper.sealer,
        index=ground.keeper.index,
        audit=ground.trail,
        append_audit=ground.trail.append,
        clock=ground.clock,
        ids=ground.ids,
        boxes=knmdb,
        settings=ground.settings.programme.dispensing(),
    )


def _settlement(ground: Ground) -> settling.Surroundings:
    contracts = Contracts()
    return settling.Surroundings(
        store=ground.store,
        contracts=contracts,
        deadlines=contracts,
        appointments=StaffAppointments(),
        sealer=ground.keeper.sealer,
        audit=ground.trail.append,
        clock=ground.clock,
        ids=ground.ids,
    )


def _destinations(settings: Settings, outside: _Outside) -> Sequence[tuple[Upstream, DeliveryPolicy]]:
    to_fund: tuple[Upstream, DeliveryPolicy] = (outside.fund, settings.delivery.drug_programme)
    return (to_fund,) if outside.knmdb is None else (to_fund, (outside.knmdb, settings.delivery.knmdb))


def _throttle(settings: Settings, store: Store, metrics: Metrics) -> LookupThrottle:
    """On PostgreSQL all nodes count failures together; one process alone counts in memory."""
    buckets: Buckets = LocalBuckets() if settings.store.sqlite_path is not None else SharedBuckets(store)
    return LookupThrottle(settings.programme.lookups, buckets, throttled=metrics.throttled)
