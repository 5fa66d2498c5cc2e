"""The closed vocabularies of the treated case. Values are wire values: they never change meaning within ``/v1``."""

from enum import StrEnum


class Sex(StrEnum):
    """Sex («пол / жынысы»)."""

    FEMALE = "female"
    MALE = "male"


class Region(StrEnum):
    """Where a patient lives: the nine territorial units of the Republic («область, город / облус, шаар»).

    Source: the order on Sanarip Clinic, Annex 1, whose row «город Ош/Ошская область» covers two of the units.
    """

    BISHKEK = "bishkek"
    OSH_CITY = "osh-city"
    BATKEN = "batken"
    CHUI = "chui"
    ISSYK_KUL = "issyk-kul"
    JALAL_ABAD = "jalal-abad"
    NARYN = "naryn"
    OSH = "osh"
    TALAS = "talas"


class Settlement(StrEnum):
    """Town or village dweller («житель города, села»)."""

    TOWN = "town"
    VILLAGE = "village"


class PinAbsenceReason(StrEnum):
    """Why a patient has no personal identification number («ПИН / ИЖН»)."""

    NEWBORN = "newborn"
    FOREIGN_CITIZEN = "foreign-citizen"
    STATELESS = "stateless"
    UNIDENTIFIED = "unidentified"


class SocialStatus(StrEnum):
    """Social status («социальное положение»)."""

    EMPLOYED = "employed"
    SELF_EMPLOYED = "self-employed"
    UNEMPLOYED = "unemployed"
    PENSIONER = "pensioner"
    STUDENT = "student"
    SCHOOLCHILD = "schoolchild"
    PRESCHOOL_CHILD = "preschool-child"
    MILITARY = "military"
    OTHER = "other"


class Disability(StrEnum):
    """Disability («инвалидность»)."""

    NONE = "none"
    GROUP_1 = "group-1"
    GROUP_2 = "group-2"
    GROUP_3 = "group-3"
    CHILD = "child"


class InsuredCategory(StrEnum):
    """Category of mandatory health insurance («категория застрахованности»)."""

    EMPLOYEE = "employee"
    FARMER = "farmer"
    PENSIONER = "pensioner"
    CHILD = "child"
    STUDENT = "student"
    SOCIAL_BENEFIT = "social-benefit"
    CONSCRIPT = "conscript"
    POLICY_HOLDER = "policy-holder"
    NOT_INSURED = "not-insured"


class ReferralKind(StrEnum):
    """Who referred or brought the patient («кем направлен, доставлен»)."""

    SELF = "self"
    FAMILY_DOCTOR = "family-doctor"
    AMBULANCE = "ambulance"
    HOSPITAL = "hospital"
    MILITARY_OFFICE = "military-office"
    OTHER = "other"


class AdmissionKind(StrEnum):
    """Planned or emergency admission («плановая, экстренная госпитализация»)."""

    PLANNED = "planned"
    EMERGENCY = "emergency"


class Occurrence(StrEnum):
    """First or repeated admission for this disease in the year («впервые, повторно в данном году»)."""

    FIRST = "first"
    REPEAT = "repeat"


class Anaesthesia(StrEnum):
    """Anaesthesia of an operation («анестезия»)."""

    NONE = "none"
    LOCAL = "local"
    REGIONAL = "regional"
    GENERAL = "general"
    COMBINED = "combined"


class DischargeOutcome(StrEnum):
    """How the stay ended («исход госпитализации»)."""

    DISCHARGED = "discharged"
    LEFT_AGAINST_ADVICE = "left-against-advice"
    TRANSFERRED = "transferred"
    DIED = "died"


class TreatmentResult(StrEnum):
    """Result of the treatment («результат лечения»)."""

    RECOVERED = "recovered"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    WORSENED = "worsened"
    DIED = "died"


class PaymentSource(StrEnum):
    """Who pays for the stay («источник оплаты»)."""

    MANDATORY_INSURANCE = "mandatory-insurance"
    STATE_BUDGET = "state-budget"
    CO_PAYMENT = "co-payment"
    VOLUNTARY_INSURANCE = "voluntary-insurance"
    PATIENT = "patient"
    OTHER = "other"
