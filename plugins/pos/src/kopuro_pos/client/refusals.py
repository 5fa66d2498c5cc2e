"""A class for each code that refuses. Written by ``python -m tests.pos.client.generate``; not to be changed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kopuro_pos.client.catalogue import CATALOGUE
from kopuro_pos.client.codes import ErrorCode
from kopuro_pos.client.errors import Refused


class RequestMalformedJson(Refused):
    """The body is not well-formed JSON: line {line}, column {column}."""

    entry = CATALOGUE[ErrorCode.REQUEST_MALFORMED_JSON]


class RequestTooLarge(Refused):
    """The body is too large: the limit is {limit} bytes."""

    entry = CATALOGUE[ErrorCode.REQUEST_TOO_LARGE]


class RequestBodyTimeout(Refused):
    """The body did not arrive in time."""

    entry = CATALOGUE[ErrorCode.REQUEST_BODY_TIMEOUT]


class RequestContentType(Refused):
    """The Content-Type of the body is not taken here."""

    entry = CATALOGUE[ErrorCode.REQUEST_CONTENT_TYPE]


class RequestContentEncoding(Refused):
    """The compression of the body (Content-Encoding) is unknown or broken."""

    entry = CATALOGUE[ErrorCode.REQUEST_CONTENT_ENCODING]


class RequestParameter(Refused):
    """The parameter “{name}” of the address is unknown or has a wrong value."""

    entry = CATALOGUE[ErrorCode.REQUEST_PARAMETER]


class RequestHeader(Refused):
    """The request's headers are wrong."""

    entry = CATALOGUE[ErrorCode.REQUEST_HEADER]


class RouteNotFound(Refused):
    """There is no such address."""

    entry = CATALOGUE[ErrorCode.ROUTE_NOT_FOUND]


class MethodNotAllowed(Refused):
    """This address does not know this method."""

    entry = CATALOGUE[ErrorCode.METHOD_NOT_ALLOWED]


class SenderUnknown(Refused):
    """The sender is not known."""

    entry = CATALOGUE[ErrorCode.SENDER_UNKNOWN]


class IdempotencyKeyMissing(Refused):
    """The Idempotency-Key header is missing."""

    entry = CATALOGUE[ErrorCode.IDEMPOTENCY_KEY_MISSING]


class IdempotencyKeyInvalid(Refused):
    """The Idempotency-Key is not valid: it has 1 to 255 visible ASCII characters."""

    entry = CATALOGUE[ErrorCode.IDEMPOTENCY_KEY_INVALID]


class IdempotencyKeyReused(Refused):
    """This Idempotency-Key was used before with another content."""

    entry = CATALOGUE[ErrorCode.IDEMPOTENCY_KEY_REUSED]


class IdempotencyInProgress(Refused):
    """A request with the same key is being worked on."""

    entry = CATALOGUE[ErrorCode.IDEMPOTENCY_IN_PROGRESS]


class InternalError(Refused):
    """The gateway failed. Whether the request was accepted is not known."""

    entry = CATALOGUE[ErrorCode.INTERNAL_ERROR]


class ServiceStopping(Refused):
    """The gateway is stopping and takes no new requests."""

    entry = CATALOGUE[ErrorCode.SERVICE_STOPPING]


class StoreUnavailable(Refused):
    """The gateway cannot write durably now, so the request was not accepted."""

    entry = CATALOGUE[ErrorCode.STORE_UNAVAILABLE]


class AuthRequired(Refused):
    """Who sends this request is not proven."""

    entry = CATALOGUE[ErrorCode.AUTH_REQUIRED]


class AuthTokenInvalid(Refused):
    """The token is not valid: it has expired, was revoked, or was not issued for this gateway."""

    entry = CATALOGUE[ErrorCode.AUTH_TOKEN_INVALID]


class AuthProofInvalid(Refused):
    """That the token is the sender's is not proven."""

    entry = CATALOGUE[ErrorCode.AUTH_PROOF_INVALID]


class AuthPasswordForbidden(Refused):
    """Signing in with login and password is not allowed."""

    entry = CATALOGUE[ErrorCode.AUTH_PASSWORD_FORBIDDEN]


class AuthStepUpRequired(Refused):
    """This needs a recent sign-in with the electronic signature or the ID card."""

    entry = CATALOGUE[ErrorCode.AUTH_STEP_UP_REQUIRED]


class AccessDenied(Refused):
    """You have no right to do this."""

    entry = CATALOGUE[ErrorCode.ACCESS_DENIED]


class StaffNotAuthorised(Refused):
    """ESI knows you, but today you are not on the list of authorised staff."""

    entry = CATALOGUE[ErrorCode.STAFF_NOT_AUTHORISED]


class SessionEnded(Refused):
    """The session has ended."""

    entry = CATALOGUE[ErrorCode.SESSION_ENDED]


class CsrfTokenInvalid(Refused):
    """It is not proven that the request comes from a page of this gateway (CSRF)."""

    entry = CATALOGUE[ErrorCode.CSRF_TOKEN_INVALID]


class SignInFailed(Refused):
    """The sign-in did not succeed: it was broken off, took too long, or the answer of ESI did not pass."""

    entry = CATALOGUE[ErrorCode.SIGN_IN_FAILED]


class EsiUnavailable(Refused):
    """ESI does not answer now, so nobody can sign in."""

    entry = CATALOGUE[ErrorCode.ESI_UNAVAILABLE]


class ClientNotFound(Refused):
    """There is no such client (system) in the register."""

    entry = CATALOGUE[ErrorCode.CLIENT_NOT_FOUND]


class ClientExists(Refused):
    """The client “{client}”, or one of the same X-Road member, is in the register already."""

    entry = CATALOGUE[ErrorCode.CLIENT_EXISTS]


class ClientKeyInvalid(Refused):
    """The client's key, or what its tokens are bound to, is not allowed."""

    entry = CATALOGUE[ErrorCode.CLIENT_KEY_INVALID]


class ClientNotEnrollable(Refused):
    """Only a pharmacy's terminal enrols with a one-time code."""

    entry = CATALOGUE[ErrorCode.CLIENT_NOT_ENROLLABLE]


class EnrolmentCodeInvalid(Refused):
    """The enrolment code is not accepted."""

    entry = CATALOGUE[ErrorCode.ENROLMENT_CODE_INVALID]


class StaffNotFound(Refused):
    """The list of staff has no such record, or it is another organisation's."""

    entry = CATALOGUE[ErrorCode.STAFF_NOT_FOUND]


class StaffGrantInvalid(Refused):
    """This cannot be granted: the role does not go with the organisation or region, or the days are wrong."""

    entry = CATALOGUE[ErrorCode.STAFF_GRANT_INVALID]


class RateLimited(Refused):
    """Requests come faster than is allowed."""

    entry = CATALOGUE[ErrorCode.RATE_LIMITED]


class ClientLooping(Refused):
    """The system “{client}” sends the same request again and again."""

    entry = CATALOGUE[ErrorCode.CLIENT_LOOPING]


class Overloaded(Refused):
    """The gateway has too much to do now; this request was not accepted."""

    entry = CATALOGUE[ErrorCode.OVERLOADED]


class ContentErased(Refused):
    """The content was erased when its time of keeping ended; the record of its acceptance and end remains."""

    entry = CATALOGUE[ErrorCode.CONTENT_ERASED]


class ContentUnreadable(Refused):
    """The content is sealed, and the gateway does not have the key that opens it now."""

    entry = CATALOGUE[ErrorCode.CONTENT_UNREADABLE]


class SchemaRequired(Refused):
    """A required field is missing."""

    entry = CATALOGUE[ErrorCode.SCHEMA_REQUIRED]


class SchemaUnknownField(Refused):
    """The schema has no such field."""

    entry = CATALOGUE[ErrorCode.SCHEMA_UNKNOWN_FIELD]


class SchemaType(Refused):
    """The value has the wrong type: “{expected}” is expected."""

    entry = CATALOGUE[ErrorCode.SCHEMA_TYPE]


class SchemaValue(Refused):
    """This value is not allowed. Allowed: {allowed}."""

    entry = CATALOGUE[ErrorCode.SCHEMA_VALUE]


class SchemaLength(Refused):
    """Wrong length: it must be {limit} (characters of a text, items of a list)."""

    entry = CATALOGUE[ErrorCode.SCHEMA_LENGTH]


class SchemaPattern(Refused):
    """The value does not match the pattern “{pattern}”."""

    entry = CATALOGUE[ErrorCode.SCHEMA_PATTERN]


class SchemaInstant(Refused):
    """The date or time cannot be read: it must look like {expected}."""

    entry = CATALOGUE[ErrorCode.SCHEMA_INSTANT]


class SchemaCharacters(Refused):
    """The text holds invisible control characters."""

    entry = CATALOGUE[ErrorCode.SCHEMA_CHARACTERS]


class SchemaRepeatedField(Refused):
    """One field stands twice in the same object."""

    entry = CATALOGUE[ErrorCode.SCHEMA_REPEATED_FIELD]


class PinFormat(Refused):
    """A ПИН has 14 digits and begins with 1 or 2."""

    entry = CATALOGUE[ErrorCode.PIN_FORMAT]


class PinDate(Refused):
    """Digits 2 to 9 of the ПИН form no date that exists (DDMMYYYY)."""

    entry = CATALOGUE[ErrorCode.PIN_DATE]


class PinRequired(Refused):
    """Neither the patient's ПИН is given nor why there is none."""

    entry = CATALOGUE[ErrorCode.PIN_REQUIRED]


class PinAndAbsence(Refused):
    """Both a ПИН and a reason for having none are given."""

    entry = CATALOGUE[ErrorCode.PIN_AND_ABSENCE]


class PinAbsenceDocument(Refused):
    """A foreign citizen or stateless person without a ПИН needs an identity document."""

    entry = CATALOGUE[ErrorCode.PIN_ABSENCE_DOCUMENT]


class PinAbsenceNotNewborn(Refused):
    """The patient was 28 days or older on admission: not a newborn."""

    entry = CATALOGUE[ErrorCode.PIN_ABSENCE_NOT_NEWBORN]


class InnFormat(Refused):
    """An ИНН has 14 digits: an organisation's begins with 0, an entrepreneur's with 1 or 2."""

    entry = CATALOGUE[ErrorCode.INN_FORMAT]


class InnDate(Refused):
    """Digits 2 to 9 of the ИНН form no date that exists (DDMMYYYY)."""

    entry = CATALOGUE[ErrorCode.INN_DATE]


class OkpoFormat(Refused):
    """An ОКПО has 8 digits."""

    entry = CATALOGUE[ErrorCode.OKPO_FORMAT]


class IcdUnknown(Refused):
    """ICD-10 has no such code."""

    entry = CATALOGUE[ErrorCode.ICD_UNKNOWN]


class KsfFormat(Refused):
    """A КСФ number is made of {expected} plain digits only; at position {position} stands something else."""

    entry = CATALOGUE[ErrorCode.KSF_FORMAT]


class KsfLength(Refused):
    """The КСФ number has {actual} digits; it must have {expected}."""

    entry = CATALOGUE[ErrorCode.KSF_LENGTH]


class KsfLength16(Refused):
    """The КСФ number has 16 digits instead of 17."""

    entry = CATALOGUE[ErrorCode.KSF_LENGTH_16]


class KsfLength18(Refused):
    """The КСФ number has 18 digits instead of 17."""

    entry = CATALOGUE[ErrorCode.KSF_LENGTH_18]


class KsfSeqZero(Refused):
    """The first {digits} digits of the КСФ number are zeros: the sequence begins with 1."""

    entry = CATALOGUE[ErrorCode.KSF_SEQ_ZERO]


class KsfSeqExhausted(Refused):
    """The sequence of this year is exhausted, and numbers are never used again."""

    entry = CATALOGUE[ErrorCode.KSF_SEQ_EXHAUSTED]


class KsfDepartmentUnknown(Refused):
    """Digits {positions} of the КСФ number are {found}; the organisation's directory has no such department."""

    entry = CATALOGUE[ErrorCode.KSF_DEPARTMENT_UNKNOWN]


class KsfDepartmentMismatch(Refused):
    """Digits {positions} of the КСФ number are {found}, but department {department} formed the КСФ."""

    entry = CATALOGUE[ErrorCode.KSF_DEPARTMENT_MISMATCH]


class KsfOrgUnknown(Refused):
    """Digits {positions} of the КСФ number are {found}; the register has no such organisation."""

    entry = CATALOGUE[ErrorCode.KSF_ORG_UNKNOWN]


class KsfOrgMismatch(Refused):
    """Digits {positions} of the КСФ number are {found}, but the case's organisation is {organisation}."""

    entry = CATALOGUE[ErrorCode.KSF_ORG_MISMATCH]


class KsfYearMismatch(Refused):
    """Digits {positions} of the КСФ number are {found}, but the patient left in {year}."""

    entry = CATALOGUE[ErrorCode.KSF_YEAR_MISMATCH]


class KsfYearRange(Refused):
    """The year of discharge is outside 2000–2099: two digits of a КСФ number cannot say it."""

    entry = CATALOGUE[ErrorCode.KSF_YEAR_RANGE]


class KsfDuplicate(Refused):
    """The КСФ number {number} belongs to another case; a number is never used again."""

    entry = CATALOGUE[ErrorCode.KSF_DUPLICATE]


class OrgUnknown(Refused):
    """The register has no organisation with code {organisation}."""

    entry = CATALOGUE[ErrorCode.ORG_UNKNOWN]


class OrgNotOwn(Refused):
    """You may not send cases of organisation {organisation}."""

    entry = CATALOGUE[ErrorCode.ORG_NOT_OWN]


class DepartmentUnknown(Refused):
    """The organisation's directory has no department {department}."""

    entry = CATALOGUE[ErrorCode.DEPARTMENT_UNKNOWN]


class CaseAdmissionAfterDischarge(Refused):
    """The patient left before being admitted."""

    entry = CATALOGUE[ErrorCode.CASE_ADMISSION_AFTER_DISCHARGE]


class CaseInFuture(Refused):
    """This moment has not come yet."""

    entry = CATALOGUE[ErrorCode.CASE_IN_FUTURE]


class CaseBirthAfterAdmission(Refused):
    """The patient was born after being admitted."""

    entry = CATALOGUE[ErrorCode.CASE_BIRTH_AFTER_ADMISSION]


class CaseMovementOrder(Refused):
    """The patient left the department before entering it."""

    entry = CATALOGUE[ErrorCode.CASE_MOVEMENT_ORDER]


class CaseMovementGap(Refused):
    """This movement does not begin when the one before ended: they are {minutes} minutes apart."""

    entry = CATALOGUE[ErrorCode.CASE_MOVEMENT_GAP]


class CaseMovementBounds(Refused):
    """The department movements do not match the stay."""

    entry = CATALOGUE[ErrorCode.CASE_MOVEMENT_BOUNDS]


class CaseOperationOutsideStay(Refused):
    """The operation lies outside the stay."""

    entry = CATALOGUE[ErrorCode.CASE_OPERATION_OUTSIDE_STAY]


class CaseFormingDepartment(Refused):
    """Department {department} formed the КСФ, but the patient was never in it."""

    entry = CATALOGUE[ErrorCode.CASE_FORMING_DEPARTMENT]


class CaseResultMismatch(Refused):
    """Result and outcome contradict each other: only one of them is death."""

    entry = CATALOGUE[ErrorCode.CASE_RESULT_MISMATCH]


class CaseTransferTarget(Refused):
    """Where the patient was transferred is given exactly when the outcome is a transfer."""

    entry = CATALOGUE[ErrorCode.CASE_TRANSFER_TARGET]


class CaseSickLeaveDates(Refused):
    """The days of the sick-leave sheet do not fit."""

    entry = CATALOGUE[ErrorCode.CASE_SICK_LEAVE_DATES]


class StayDuplicate(Refused):
    """This very stay of this patient was already accepted under the КСФ number {number}."""

    entry = CATALOGUE[ErrorCode.STAY_DUPLICATE]


class DiagnosisSex(Refused):
    """This diagnosis does not fit the patient's sex."""

    entry = CATALOGUE[ErrorCode.DIAGNOSIS_SEX]


class DiagnosisAge(Refused):
    """This diagnosis does not fit the patient's age."""

    entry = CATALOGUE[ErrorCode.DIAGNOSIS_AGE]


class DiagnosisMainAsterisk(Refused):
    """An asterisk (*) code is never the main diagnosis: it only names the manifestation of another disease."""

    entry = CATALOGUE[ErrorCode.DIAGNOSIS_MAIN_ASTERISK]


class DiagnosisMainExternal(Refused):
    """An external cause (V01–Y98) is never the main diagnosis."""

    entry = CATALOGUE[ErrorCode.DIAGNOSIS_MAIN_EXTERNAL]


class ExternalCauseRequired(Refused):
    """The main diagnosis is an injury or poisoning (S00–T98), but its external cause is not given."""

    entry = CATALOGUE[ErrorCode.EXTERNAL_CAUSE_REQUIRED]


class ExternalCauseRange(Refused):
    """The code of the external cause is not within V01–Y98."""

    entry = CATALOGUE[ErrorCode.EXTERNAL_CAUSE_RANGE]


class DeathCauseRequired(Refused):
    """The patient died, but no cause of death is given."""

    entry = CATALOGUE[ErrorCode.DEATH_CAUSE_REQUIRED]


class DeathUnexpected(Refused):
    """A cause of death is given, but by the outcome the patient did not die."""

    entry = CATALOGUE[ErrorCode.DEATH_UNEXPECTED]


class FallbackNotAllowed(Refused):
    """Organisation {organisation} is equipped: its cases come through Sanarip Clinic, not by direct entry."""

    entry = CATALOGUE[ErrorCode.FALLBACK_NOT_ALLOWED]


class ExternalNumberNotAllowed(Refused):
    """The fund database's number belongs only to a case entered directly."""

    entry = CATALOGUE[ErrorCode.EXTERNAL_NUMBER_NOT_ALLOWED]


class CaseNotFound(Refused):
    """There is no case with this КСФ number."""

    entry = CATALOGUE[ErrorCode.CASE_NOT_FOUND]


class CaseNumberChanged(Refused):
    """The КСФ number in the case is not that in the address: a correction keeps the number."""

    entry = CATALOGUE[ErrorCode.CASE_NUMBER_CHANGED]


class OperationNotFound(Refused):
    """There is no such operation, or it is another organisation's."""

    entry = CATALOGUE[ErrorCode.OPERATION_NOT_FOUND]


class OperationState(Refused):
    """The operation's present state does not allow this."""

    entry = CATALOGUE[ErrorCode.OPERATION_STATE]


class ReasonRequired(Refused):
    """The reason of the action is missing."""

    entry = CATALOGUE[ErrorCode.REASON_REQUIRED]


class UpstreamNotFound(Refused):
    """No such upstream is connected."""

    entry = CATALOGUE[ErrorCode.UPSTREAM_NOT_FOUND]


class ReferenceRow(Refused):
    """Row {row}, column “{column}”: the value is missing or not allowed."""

    entry = CATALOGUE[ErrorCode.REFERENCE_ROW]


class ReferenceRepeated(Refused):
    """Row {row}: this code already stands in row {first}."""

    entry = CATALOGUE[ErrorCode.REFERENCE_REPEATED]


class MedicineNotFound(Refused):
    """The reference has no such code."""

    entry = CATALOGUE[ErrorCode.MEDICINE_NOT_FOUND]


class MedicineRow(Refused):
    """Row {row}, column “{column}”: the value is missing or not allowed."""

    entry = CATALOGUE[ErrorCode.MEDICINE_ROW]


class MedicineRepeated(Refused):
    """Row {row}: this code already stands in row {first}."""

    entry = CATALOGUE[ErrorCode.MEDICINE_REPEATED]


class MedicineGtin(Refused):
    """Row {row}: the check digit of the GTIN is wrong."""

    entry = CATALOGUE[ErrorCode.MEDICINE_GTIN]


class MedicineCompensation(Refused):
    """Row {row}: the compensation is above the internal reference price."""

    entry = CATALOGUE[ErrorCode.MEDICINE_COMPENSATION]


class RefNotRegistered(Refused):
    """Row {row}: the medicine is not registered, and its generic group has registered ones."""

    entry = CATALOGUE[ErrorCode.REF_NOT_REGISTERED]


class MedicineVersionOverlap(Refused):
    """A version from {day} overlaps the one that begins on {latest}."""

    entry = CATALOGUE[ErrorCode.MEDICINE_VERSION_OVERLAP]


class MedicineVersionPast(Refused):
    """The version begins on {day}, which is past (today is {today}): dispenses of those days are reckoned."""

    entry = CATALOGUE[ErrorCode.MEDICINE_VERSION_PAST]


class PrescriberNotAllowed(Refused):
    """Who holds this position may not write subsidised prescriptions."""

    entry = CATALOGUE[ErrorCode.PRESCRIBER_NOT_ALLOWED]


class PrescriberOrganisation(Refused):
    """Organisation {organisation} is not in the register, or you may not prescribe on its behalf."""

    entry = CATALOGUE[ErrorCode.PRESCRIBER_ORGANISATION]


class PatientNotInsured(Refused):
    """The patient has no mandatory health insurance."""

    entry = CATALOGUE[ErrorCode.PATIENT_NOT_INSURED]


class PatientNotRegistered(Refused):
    """The patient is registered at no organisation of primary health care."""

    entry = CATALOGUE[ErrorCode.PATIENT_NOT_REGISTERED]


class PatientOrganisationUnknown(Refused):
    """The patient is registered at organisation {organisation}, which the gateway's register does not have."""

    entry = CATALOGUE[ErrorCode.PATIENT_ORGANISATION_UNKNOWN]


class InsuranceCheckRequired(Refused):
    """The patient's insurance could not be confirmed now; without that nothing is prescribed."""

    entry = CATALOGUE[ErrorCode.INSURANCE_CHECK_REQUIRED]


class RxDuplicateOpen(Refused):
    """The patient has an open prescription for this name already, valid until {last_day}."""

    entry = CATALOGUE[ErrorCode.RX_DUPLICATE_OPEN]


class CourseDoseMismatch(Refused):
    """The course dose is not dose times number of units: it must be {course_dose} {unit}."""

    entry = CATALOGUE[ErrorCode.COURSE_DOSE_MISMATCH]


class CardEntryRequired(Refused):
    """The entry in the outpatient's medical card is missing."""

    entry = CATALOGUE[ErrorCode.CARD_ENTRY_REQUIRED]


class CardEntryDate(Refused):
    """The entry in the card is not of the day of the prescription ({day})."""

    entry = CATALOGUE[ErrorCode.CARD_ENTRY_DATE]


class PatientNotInformed(Refused):
    """That the patient was informed of the prescription is not recorded."""

    entry = CATALOGUE[ErrorCode.PATIENT_NOT_INFORMED]


class RemoteNoHistory(Refused):
    """This patient has had no prescription of this generic group before, so it cannot be issued remotely."""

    entry = CATALOGUE[ErrorCode.REMOTE_NO_HISTORY]


class RemoteVisitOverdue(Refused):
    """The patient was not seen within the last month: the day of contact must lie between {first} and {last}."""

    entry = CATALOGUE[ErrorCode.REMOTE_VISIT_OVERDUE]


class PatientLimitExceeded(Refused):
    """The patient's limit of the year does not suffice: of {limit} som {left} are left, {expected} are needed."""

    entry = CATALOGUE[ErrorCode.PATIENT_LIMIT_EXCEEDED]


class PatientLimitNotSet(Refused):
    """No limit of a patient's year is set for this day."""

    entry = CATALOGUE[ErrorCode.PATIENT_LIMIT_NOT_SET]


class RestrictedDrug(Refused):
    """This medicine is under special designation, and its term ({restriction}) is not met."""

    entry = CATALOGUE[ErrorCode.RESTRICTED_DRUG]


class ProtocolRequired(Refused):
    """A special designation stands without its protocol: number and date are needed."""

    entry = CATALOGUE[ErrorCode.PROTOCOL_REQUIRED]


class ValidityPolicyMissing(Refused):
    """The gateway knows no term of validity for a controlled medicine ({controlled})."""

    entry = CATALOGUE[ErrorCode.VALIDITY_POLICY_MISSING]


class NotInReference(Refused):
    """The reference of medicines in force does not have code {medicine}."""

    entry = CATALOGUE[ErrorCode.NOT_IN_REFERENCE]


class DoseNotComparable(Refused):
    """The dose is in {course_unit}, the medicine's strength in {unit}: the two cannot be compared."""

    entry = CATALOGUE[ErrorCode.DOSE_NOT_COMPARABLE]


class RxNotFound(Refused):
    """No prescription is found by what was given."""

    entry = CATALOGUE[ErrorCode.RX_NOT_FOUND]


class RxState(Refused):
    """The prescription's present state ({state}) does not allow this."""

    entry = CATALOGUE[ErrorCode.RX_STATE]


class PaperNotRequested(Refused):
    """A prescription is printed on paper at the patient's demand only."""

    entry = CATALOGUE[ErrorCode.PAPER_NOT_REQUESTED]


class RxNumberCheck(Refused):
    """The prescription's number is wrong: it has 12 digits, and the last one checks the others."""

    entry = CATALOGUE[ErrorCode.RX_NUMBER_CHECK]


class RxExpired(Refused):
    """The prescription has expired: its last day was {last_day}."""

    entry = CATALOGUE[ErrorCode.RX_EXPIRED]


class RxCancelled(Refused):
    """The prescription is cancelled."""

    entry = CATALOGUE[ErrorCode.RX_CANCELLED]


class RxDispensed(Refused):
    """The whole course dose of the prescription has been dispensed."""

    entry = CATALOGUE[ErrorCode.RX_DISPENSED]


class RxHeld(Refused):
    """Another pharmacy has been dispensing on this prescription since {since}; it is theirs until {until}."""

    entry = CATALOGUE[ErrorCode.RX_HELD]


class PharmacyNotContracted(Refused):
    """On {day} the pharmacy has no contract with the fund."""

    entry = CATALOGUE[ErrorCode.PHARMACY_NOT_CONTRACTED]


class OutsideContract(Refused):
    """The sale of {day} is outside the days of the contract: nothing is compensated."""

    entry = CATALOGUE[ErrorCode.OUTSIDE_CONTRACT]


class NotSameGenericGroup(Refused):
    """This medicine is not in the generic group of the prescribed one."""

    entry = CATALOGUE[ErrorCode.NOT_SAME_GENERIC_GROUP]


class OffersNotShown(Refused):
    """The trade names and prices the patient was told of are missing, or do not hold the one that is sold."""

    entry = CATALOGUE[ErrorCode.OFFERS_NOT_SHOWN]


class ChoiceNotRecorded(Refused):
    """The patient's choice is not recorded."""

    entry = CATALOGUE[ErrorCode.CHOICE_NOT_RECORDED]


class ChoiceMismatch(Refused):
    """The recorded choice does not agree with the medicine that is sold."""

    entry = CATALOGUE[ErrorCode.CHOICE_MISMATCH]


class ExtraUnitsRefused(Refused):
    """No more than {max_units} units can be dispensed on this course."""

    entry = CATALOGUE[ErrorCode.EXTRA_UNITS_REFUSED]


class UnitsBelowOne(Refused):
    """What remains of the course dose is less than one unit of this medicine."""

    entry = CATALOGUE[ErrorCode.UNITS_BELOW_ONE]


class AmountMismatch(Refused):
    """The till's sums differ from ours: {retail} in all, fund {compensation}, patient {patient} som."""

    entry = CATALOGUE[ErrorCode.AMOUNT_MISMATCH]


class ReceiptRequired(Refused):
    """The receipt is missing."""

    entry = CATALOGUE[ErrorCode.RECEIPT_REQUIRED]


class PriceAboveShelf(Refused):
    """The price is above that of the showcase ({shelf} som)."""

    entry = CATALOGUE[ErrorCode.PRICE_ABOVE_SHELF]


class PriceNotAsShelf(Refused):
    """The price is not that of the showcase ({shelf} som)."""

    entry = CATALOGUE[ErrorCode.PRICE_NOT_AS_SHELF]


class PriceAboveMax(Refused):
    """The price is above the approved maximum retail price ({largest} som)."""

    entry = CATALOGUE[ErrorCode.PRICE_ABOVE_MAX]


class HoldNotFound(Refused):
    """There is no such hold."""

    entry = CATALOGUE[ErrorCode.HOLD_NOT_FOUND]


class HoldExpired(Refused):
    """The hold has expired."""

    entry = CATALOGUE[ErrorCode.HOLD_EXPIRED]


class QuoteNotFound(Refused):
    """There is no such quote."""

    entry = CATALOGUE[ErrorCode.QUOTE_NOT_FOUND]


class QuoteExpired(Refused):
    """The quote has expired."""

    entry = CATALOGUE[ErrorCode.QUOTE_EXPIRED]


class QuoteChanged(Refused):
    """The sums have changed since the quote: prescription, price or reference are not the same."""

    entry = CATALOGUE[ErrorCode.QUOTE_CHANGED]


class SaleInFuture(Refused):
    """The time of sale lies in the future."""

    entry = CATALOGUE[ErrorCode.SALE_IN_FUTURE]


class SaleTooOld(Refused):
    """The sale is recorded late: after {minutes} minutes only under a hold taken before it, for {hours} hours."""

    entry = CATALOGUE[ErrorCode.SALE_TOO_OLD]


class SaleBeforeIssue(Refused):
    """The sale is before the prescription was issued ({issued_on})."""

    entry = CATALOGUE[ErrorCode.SALE_BEFORE_ISSUE]


class BoxCodeInvalid(Refused):
    """The box's code cannot be read: it has to be a GS1 DataMatrix with GTIN and serial number."""

    entry = CATALOGUE[ErrorCode.BOX_CODE_INVALID]


class BoxGtinMismatch(Refused):
    """The box has GTIN {gtin}, the medicine that is sold has {expected}."""

    entry = CATALOGUE[ErrorCode.BOX_GTIN_MISMATCH]


class BoxRepeated(Refused):
    """The same box is listed twice."""

    entry = CATALOGUE[ErrorCode.BOX_REPEATED]


class BoxExpired(Refused):
    """The box is past its expiry date."""

    entry = CATALOGUE[ErrorCode.BOX_EXPIRED]


class BoxNotForSale(Refused):
    """By the national database this box is not for sale: sold, recalled, or less is left of it."""

    entry = CATALOGUE[ErrorCode.BOX_NOT_FOR_SALE]


class BoxSold(Refused):
    """The sale of this whole box is recorded already."""

    entry = CATALOGUE[ErrorCode.BOX_SOLD]


class BoxUnitsMismatch(Refused):
    """The boxes hold {counted} units, and {units} are sold."""

    entry = CATALOGUE[ErrorCode.BOX_UNITS_MISMATCH]


class DispenseNotFound(Refused):
    """There is no such dispense."""

    entry = CATALOGUE[ErrorCode.DISPENSE_NOT_FOUND]


class DispenseReported(Refused):
    """The dispense is in a monthly report and cannot be reversed any more."""

    entry = CATALOGUE[ErrorCode.DISPENSE_REPORTED]


class DispenseReversed(Refused):
    """This dispense has been reversed before."""

    entry = CATALOGUE[ErrorCode.DISPENSE_REVERSED]


class LookupThrottled(Refused):
    """Too many look-ups with a wrong ПИН or number."""

    entry = CATALOGUE[ErrorCode.LOOKUP_THROTTLED]


class LookupFactorRequired(Refused):
    """One more thing has to be told of this patient before a prescription is opened."""

    entry = CATALOGUE[ErrorCode.LOOKUP_FACTOR_REQUIRED]


class ApplicationNotFound(Refused):
    """There is no such application."""

    entry = CATALOGUE[ErrorCode.APPLICATION_NOT_FOUND]


class ApplicationIncomplete(Refused):
    """The application is incomplete: {field} is missing."""

    entry = CATALOGUE[ErrorCode.APPLICATION_INCOMPLETE]


class ApplicationState(Refused):
    """The application's state does not allow this: {state}."""

    entry = CATALOGUE[ErrorCode.APPLICATION_STATE]


class PharmacyLicence(Refused):
    """The pharmacy's licence ended on {until}."""

    entry = CATALOGUE[ErrorCode.PHARMACY_LICENCE]


class TaxDebt(Refused):
    """The pharmacy owes mandatory taxes: no contract is concluded."""

    entry = CATALOGUE[ErrorCode.TAX_DEBT]


class TaxCheckRequired(Refused):
    """There is no check for tax debts as of the day of conclusion, {day}."""

    entry = CATALOGUE[ErrorCode.TAX_CHECK_REQUIRED]


class RefusalReasonRequired(Refused):
    """The refusal has no reasons."""

    entry = CATALOGUE[ErrorCode.REFUSAL_REASON_REQUIRED]


class ContractNotFound(Refused):
    """There is no such contract."""

    entry = CATALOGUE[ErrorCode.CONTRACT_NOT_FOUND]


class ContractNumber(Refused):
    """There is a contract with this number already."""

    entry = CATALOGUE[ErrorCode.CONTRACT_NUMBER]


class ContractDates(Refused):
    """The day does not fit the contract: {earliest} at the earliest, its last day at the latest."""

    entry = CATALOGUE[ErrorCode.CONTRACT_DATES]


class ContractOverlap(Refused):
    """For these days the pharmacy has contract {number}."""

    entry = CATALOGUE[ErrorCode.CONTRACT_OVERLAP]


class ContractState(Refused):
    """The contract's state does not allow this: {state}."""

    entry = CATALOGUE[ErrorCode.CONTRACT_STATE]


class ContractClaimsOpen(Refused):
    """Claims on the contract are open: {claims}."""

    entry = CATALOGUE[ErrorCode.CONTRACT_CLAIMS_OPEN]


class ClaimNotFound(Refused):
    """There is no such open claim."""

    entry = CATALOGUE[ErrorCode.CLAIM_NOT_FOUND]


class BudgetNotFound(Refused):
    """Region {region} has no approved budget for {year}."""

    entry = CATALOGUE[ErrorCode.BUDGET_NOT_FOUND]


class BudgetExists(Refused):
    """The budget of region {region} for {year} is approved already."""

    entry = CATALOGUE[ErrorCode.BUDGET_EXISTS]


class BudgetClosed(Refused):
    """The year {year} is closed: what remained does not carry over."""

    entry = CATALOGUE[ErrorCode.BUDGET_CLOSED]


class BudgetYearOpen(Refused):
    """The year {year} is not over, or not closed yet."""

    entry = CATALOGUE[ErrorCode.BUDGET_YEAR_OPEN]


class BudgetTransferYear(Refused):
    """Funds are transferred within the year they are for: it is {year} now."""

    entry = CATALOGUE[ErrorCode.BUDGET_TRANSFER_YEAR]


class BudgetTransferRegions(Refused):
    """Funds are not transferred to the same region."""

    entry = CATALOGUE[ErrorCode.BUDGET_TRANSFER_REGIONS]


class BudgetTransferCommitted(Refused):
    """Region {region} has only {available} som to transfer: the rest is spent."""

    entry = CATALOGUE[ErrorCode.BUDGET_TRANSFER_COMMITTED]


class BudgetAnalysisRequired(Refused):
    """There is no reference to an analysis: funds are transferred on its grounds only."""

    entry = CATALOGUE[ErrorCode.BUDGET_ANALYSIS_REQUIRED]


class MultiplierDate(Refused):
    """The limit is not changed for past days: {earliest} at the earliest."""

    entry = CATALOGUE[ErrorCode.MULTIPLIER_DATE]


class ReportNotFound(Refused):
    """Your pharmacies have no such report."""

    entry = CATALOGUE[ErrorCode.REPORT_NOT_FOUND]


class ReportState(Refused):
    """The report is now «{state}»; this cannot be done to it."""

    entry = CATALOGUE[ErrorCode.REPORT_STATE]


class ReportPeriodOpen(Refused):
    """The month {month} ends on {ends} at 00:00 in Bishkek."""

    entry = CATALOGUE[ErrorCode.REPORT_PERIOD_OPEN]


class ActNotFound(Refused):
    """Your pharmacies have no such act."""

    entry = CATALOGUE[ErrorCode.ACT_NOT_FOUND]


class ActState(Refused):
    """Act {number} has been paid by another payment."""

    entry = CATALOGUE[ErrorCode.ACT_STATE]


class ActChanged(Refused):
    """What is being signed is not what act {number} says."""

    entry = CATALOGUE[ErrorCode.ACT_CHANGED]


class ActNotSigned(Refused):
    """Act {number} lacks one of the two signatures, of the pharmacy's head and of its chief accountant."""

    entry = CATALOGUE[ErrorCode.ACT_NOT_SIGNED]


class ActSignatureRole(Refused):
    """You do not hold this office at the pharmacy and cannot sign for it."""

    entry = CATALOGUE[ErrorCode.ACT_SIGNATURE_ROLE]


class ActSignedAlready(Refused):
    """Somebody else has signed act {number} for this office."""

    entry = CATALOGUE[ErrorCode.ACT_SIGNED_ALREADY]


class ActSameSigner(Refused):
    """One person signs for both offices, but is not recorded as appointed to both."""

    entry = CATALOGUE[ErrorCode.ACT_SAME_SIGNER]


class LineNotFound(Refused):
    """There is no such dispense."""

    entry = CATALOGUE[ErrorCode.LINE_NOT_FOUND]


class LineState(Refused):
    """This cannot be decided on the line now: {why}."""

    entry = CATALOGUE[ErrorCode.LINE_STATE]


class DisputeNotFound(Refused):
    """There is no such dispute."""

    entry = CATALOGUE[ErrorCode.DISPUTE_NOT_FOUND]


class DisputeTooLate(Refused):
    """Applications are taken only in the month of the dispense ({month}) and before the report is formed."""

    entry = CATALOGUE[ErrorCode.DISPUTE_TOO_LATE]


class DisputeState(Refused):
    """There is a dispute on this dispense already; it is {state}."""

    entry = CATALOGUE[ErrorCode.DISPUTE_STATE]


class DisputeAmount(Refused):
    """The sum of an upheld dispute must lie between 0 and {most} som."""

    entry = CATALOGUE[ErrorCode.DISPUTE_AMOUNT]


class CommissionTooSmall(Refused):
    """The commission has {members} distinct members; at least 3 are needed."""

    entry = CATALOGUE[ErrorCode.COMMISSION_TOO_SMALL]


class ProtocolMissing(Refused):
    """The number or the date of the commission's protocol is missing, or the date is wrong."""

    entry = CATALOGUE[ErrorCode.PROTOCOL_MISSING]


class ClawbackTooLarge(Refused):
    """Only {left} som of the line are left; no more can be taken back."""

    entry = CATALOGUE[ErrorCode.CLAWBACK_TOO_LARGE]


class InspectionActRequired(Refused):
    """The inspection act's number or date is missing, or the date is wrong."""

    entry = CATALOGUE[ErrorCode.INSPECTION_ACT_REQUIRED]


class RecoveryTooLarge(Refused):
    """Only {left} som of this dispense are left; no more can be recovered."""

    entry = CATALOGUE[ErrorCode.RECOVERY_TOO_LARGE]


class ReconciliationRow(Refused):
    """Row {row} of the list cannot be read: {column}."""

    entry = CATALOGUE[ErrorCode.RECONCILIATION_ROW]


BY_CODE: Final[Mapping[ErrorCode, type[Refused]]] = MappingProxyType(
    {
        ErrorCode.REQUEST_MALFORMED_JSON: RequestMalformedJson,
        ErrorCode.REQUEST_TOO_LARGE: RequestTooLarge,
        ErrorCode.REQUEST_BODY_TIMEOUT: RequestBodyTimeout,
        ErrorCode.REQUEST_CONTENT_TYPE: RequestContentType,
        ErrorCode.REQUEST_CONTENT_ENCODING: RequestContentEncoding,
        ErrorCode.REQUEST_PARAMETER: RequestParameter,
        ErrorCode.REQUEST_HEADER: RequestHeader,
        ErrorCode.ROUTE_NOT_FOUND: RouteNotFound,
        ErrorCode.METHOD_NOT_ALLOWED: MethodNotAllowed,
        ErrorCode.SENDER_UNKNOWN: SenderUnknown,
        ErrorCode.IDEMPOTENCY_KEY_MISSING: IdempotencyKeyMissing,
        ErrorCode.IDEMPOTENCY_KEY_INVALID: IdempotencyKeyInvalid,
        ErrorCode.IDEMPOTENCY_KEY_REUSED: IdempotencyKeyReused,
        ErrorCode.IDEMPOTENCY_IN_PROGRESS: IdempotencyInProgress,
        ErrorCode.INTERNAL_ERROR: InternalError,
        ErrorCode.SERVICE_STOPPING: ServiceStopping,
        ErrorCode.STORE_UNAVAILABLE: StoreUnavailable,
        ErrorCode.AUTH_REQUIRED: AuthRequired,
        ErrorCode.AUTH_TOKEN_INVALID: AuthTokenInvalid,
        ErrorCode.AUTH_PROOF_INVALID: AuthProofInvalid,
        ErrorCode.AUTH_PASSWORD_FORBIDDEN: AuthPasswordForbidden,
        ErrorCode.AUTH_STEP_UP_REQUIRED: AuthStepUpRequired,
        ErrorCode.ACCESS_DENIED: AccessDenied,
        ErrorCode.STAFF_NOT_AUTHORISED: StaffNotAuthorised,
        ErrorCode.SESSION_ENDED: SessionEnded,
        ErrorCode.CSRF_TOKEN_INVALID: CsrfTokenInvalid,
        ErrorCode.SIGN_IN_FAILED: SignInFailed,
        ErrorCode.ESI_UNAVAILABLE: EsiUnavailable,
        ErrorCode.CLIENT_NOT_FOUND: ClientNotFound,
        ErrorCode.CLIENT_EXISTS: ClientExists,
        ErrorCode.CLIENT_KEY_INVALID: ClientKeyInvalid,
        ErrorCode.CLIENT_NOT_ENROLLABLE: ClientNotEnrollable,
        ErrorCode.ENROLMENT_CODE_INVALID: EnrolmentCodeInvalid,
        ErrorCode.STAFF_NOT_FOUND: StaffNotFound,
        ErrorCode.STAFF_GRANT_INVALID: StaffGrantInvalid,
        ErrorCode.RATE_LIMITED: RateLimited,
        ErrorCode.CLIENT_LOOPING: ClientLooping,
        ErrorCode.OVERLOADED: Overloaded,
        ErrorCode.CONTENT_ERASED: ContentErased,
        ErrorCode.CONTENT_UNREADABLE: ContentUnreadable,
        ErrorCode.SCHEMA_REQUIRED: SchemaRequired,
        ErrorCode.SCHEMA_UNKNOWN_FIELD: SchemaUnknownField,
        ErrorCode.SCHEMA_TYPE: SchemaType,
        ErrorCode.SCHEMA_VALUE: SchemaValue,
        ErrorCode.SCHEMA_LENGTH: SchemaLength,
        ErrorCode.SCHEMA_PATTERN: SchemaPattern,
        ErrorCode.SCHEMA_INSTANT: SchemaInstant,
        ErrorCode.SCHEMA_CHARACTERS: SchemaCharacters,
        ErrorCode.SCHEMA_REPEATED_FIELD: SchemaRepeatedField,
        ErrorCode.PIN_FORMAT: PinFormat,
        ErrorCode.PIN_DATE: PinDate,
        ErrorCode.PIN_REQUIRED: PinRequired,
        ErrorCode.PIN_AND_ABSENCE: PinAndAbsence,
        ErrorCode.PIN_ABSENCE_DOCUMENT: PinAbsenceDocument,
        ErrorCode.PIN_ABSENCE_NOT_NEWBORN: PinAbsenceNotNewborn,
        ErrorCode.INN_FORMAT: InnFormat,
        ErrorCode.INN_DATE: InnDate,
        ErrorCode.OKPO_FORMAT: OkpoFormat,
        ErrorCode.ICD_UNKNOWN: IcdUnknown,
        ErrorCode.KSF_FORMAT: KsfFormat,
        ErrorCode.KSF_LENGTH: KsfLength,
        ErrorCode.KSF_LENGTH_16: KsfLength16,
        ErrorCode.KSF_LENGTH_18: KsfLength18,
        ErrorCode.KSF_SEQ_ZERO: KsfSeqZero,
        ErrorCode.KSF_SEQ_EXHAUSTED: KsfSeqExhausted,
        ErrorCode.KSF_DEPARTMENT_UNKNOWN: KsfDepartmentUnknown,
        ErrorCode.KSF_DEPARTMENT_MISMATCH: KsfDepartmentMismatch,
        ErrorCode.KSF_ORG_UNKNOWN: KsfOrgUnknown,
        ErrorCode.KSF_ORG_MISMATCH: KsfOrgMismatch,
        ErrorCode.KSF_YEAR_MISMATCH: KsfYearMismatch,
        ErrorCode.KSF_YEAR_RANGE: KsfYearRange,
        ErrorCode.KSF_DUPLICATE: KsfDuplicate,
        ErrorCode.ORG_UNKNOWN: OrgUnknown,
        ErrorCode.ORG_NOT_OWN: OrgNotOwn,
        ErrorCode.DEPARTMENT_UNKNOWN: DepartmentUnknown,
        ErrorCode.CASE_ADMISSION_AFTER_DISCHARGE: CaseAdmissionAfterDischarge,
        ErrorCode.CASE_IN_FUTURE: CaseInFuture,
        ErrorCode.CASE_BIRTH_AFTER_ADMISSION: CaseBirthAfterAdmission,
        ErrorCode.CASE_MOVEMENT_ORDER: CaseMovementOrder,
        ErrorCode.CASE_MOVEMENT_GAP: CaseMovementGap,
        ErrorCode.CASE_MOVEMENT_BOUNDS: CaseMovementBounds,
        ErrorCode.CASE_OPERATION_OUTSIDE_STAY: CaseOperationOutsideStay,
        ErrorCode.CASE_FORMING_DEPARTMENT: CaseFormingDepartment,
        ErrorCode.CASE_RESULT_MISMATCH: CaseResultMismatch,
        ErrorCode.CASE_TRANSFER_TARGET: CaseTransferTarget,
        ErrorCode.CASE_SICK_LEAVE_DATES: CaseSickLeaveDates,
        ErrorCode.STAY_DUPLICATE: StayDuplicate,
        ErrorCode.DIAGNOSIS_SEX: DiagnosisSex,
        ErrorCode.DIAGNOSIS_AGE: DiagnosisAge,
        ErrorCode.DIAGNOSIS_MAIN_ASTERISK: DiagnosisMainAsterisk,
        ErrorCode.DIAGNOSIS_MAIN_EXTERNAL: DiagnosisMainExternal,
        ErrorCode.EXTERNAL_CAUSE_REQUIRED: ExternalCauseRequired,
        ErrorCode.EXTERNAL_CAUSE_RANGE: ExternalCauseRange,
        ErrorCode.DEATH_CAUSE_REQUIRED: DeathCauseRequired,
        ErrorCode.DEATH_UNEXPECTED: DeathUnexpected,
        ErrorCode.FALLBACK_NOT_ALLOWED: FallbackNotAllowed,
        ErrorCode.EXTERNAL_NUMBER_NOT_ALLOWED: ExternalNumberNotAllowed,
        ErrorCode.CASE_NOT_FOUND: CaseNotFound,
        ErrorCode.CASE_NUMBER_CHANGED: CaseNumberChanged,
        ErrorCode.OPERATION_NOT_FOUND: OperationNotFound,
        ErrorCode.OPERATION_STATE: OperationState,
        ErrorCode.REASON_REQUIRED: ReasonRequired,
        ErrorCode.UPSTREAM_NOT_FOUND: UpstreamNotFound,
        ErrorCode.REFERENCE_ROW: ReferenceRow,
        ErrorCode.REFERENCE_REPEATED: ReferenceRepeated,
        ErrorCode.MEDICINE_NOT_FOUND: MedicineNotFound,
        ErrorCode.MEDICINE_ROW: MedicineRow,
        ErrorCode.MEDICINE_REPEATED: MedicineRepeated,
        ErrorCode.MEDICINE_GTIN: MedicineGtin,
        ErrorCode.MEDICINE_COMPENSATION: MedicineCompensation,
        ErrorCode.REF_NOT_REGISTERED: RefNotRegistered,
        ErrorCode.MEDICINE_VERSION_OVERLAP: MedicineVersionOverlap,
        ErrorCode.MEDICINE_VERSION_PAST: MedicineVersionPast,
        ErrorCode.PRESCRIBER_NOT_ALLOWED: PrescriberNotAllowed,
        ErrorCode.PRESCRIBER_ORGANISATION: PrescriberOrganisation,
        ErrorCode.PATIENT_NOT_INSURED: PatientNotInsured,
        ErrorCode.PATIENT_NOT_REGISTERED: PatientNotRegistered,
        ErrorCode.PATIENT_ORGANISATION_UNKNOWN: PatientOrganisationUnknown,
        ErrorCode.INSURANCE_CHECK_REQUIRED: InsuranceCheckRequired,
        ErrorCode.RX_DUPLICATE_OPEN: RxDuplicateOpen,
        ErrorCode.COURSE_DOSE_MISMATCH: CourseDoseMismatch,
        ErrorCode.CARD_ENTRY_REQUIRED: CardEntryRequired,
        ErrorCode.CARD_ENTRY_DATE: CardEntryDate,
        ErrorCode.PATIENT_NOT_INFORMED: PatientNotInformed,
        ErrorCode.REMOTE_NO_HISTORY: RemoteNoHistory,
        ErrorCode.REMOTE_VISIT_OVERDUE: RemoteVisitOverdue,
        ErrorCode.PATIENT_LIMIT_EXCEEDED: PatientLimitExceeded,
        ErrorCode.PATIENT_LIMIT_NOT_SET: PatientLimitNotSet,
        ErrorCode.RESTRICTED_DRUG: RestrictedDrug,
        ErrorCode.PROTOCOL_REQUIRED: ProtocolRequired,
        ErrorCode.VALIDITY_POLICY_MISSING: ValidityPolicyMissing,
        ErrorCode.NOT_IN_REFERENCE: NotInReference,
        ErrorCode.DOSE_NOT_COMPARABLE: DoseNotComparable,
        ErrorCode.RX_NOT_FOUND: RxNotFound,
        ErrorCode.RX_STATE: RxState,
        ErrorCode.PAPER_NOT_REQUESTED: PaperNotRequested,
        ErrorCode.RX_NUMBER_CHECK: RxNumberCheck,
        ErrorCode.RX_EXPIRED: RxExpired,
        ErrorCode.RX_CANCELLED: RxCancelled,
        ErrorCode.RX_DISPENSED: RxDispensed,
        ErrorCode.RX_HELD: RxHeld,
        ErrorCode.PHARMACY_NOT_CONTRACTED: PharmacyNotContracted,
        ErrorCode.OUTSIDE_CONTRACT: OutsideContract,
        ErrorCode.NOT_SAME_GENERIC_GROUP: NotSameGenericGroup,
        ErrorCode.OFFERS_NOT_SHOWN: OffersNotShown,
        ErrorCode.CHOICE_NOT_RECORDED: ChoiceNotRecorded,
        ErrorCode.CHOICE_MISMATCH: ChoiceMismatch,
        ErrorCode.EXTRA_UNITS_REFUSED: ExtraUnitsRefused,
        ErrorCode.UNITS_BELOW_ONE: UnitsBelowOne,
        ErrorCode.AMOUNT_MISMATCH: AmountMismatch,
        ErrorCode.RECEIPT_REQUIRED: ReceiptRequired,
        ErrorCode.PRICE_ABOVE_SHELF: PriceAboveShelf,
        ErrorCode.PRICE_NOT_AS_SHELF: PriceNotAsShelf,
        ErrorCode.PRICE_ABOVE_MAX: PriceAboveMax,
        ErrorCode.HOLD_NOT_FOUND: HoldNotFound,
        ErrorCode.HOLD_EXPIRED: HoldExpired,
        ErrorCode.QUOTE_NOT_FOUND: QuoteNotFound,
        ErrorCode.QUOTE_EXPIRED: QuoteExpired,
        ErrorCode.QUOTE_CHANGED: QuoteChanged,
        ErrorCode.SALE_IN_FUTURE: SaleInFuture,
        ErrorCode.SALE_TOO_OLD: SaleTooOld,
        ErrorCode.SALE_BEFORE_ISSUE: SaleBeforeIssue,
        ErrorCode.BOX_CODE_INVALID: BoxCodeInvalid,
        ErrorCode.BOX_GTIN_MISMATCH: BoxGtinMismatch,
        ErrorCode.BOX_REPEATED: BoxRepeated,
        ErrorCode.BOX_EXPIRED: BoxExpired,
        ErrorCode.BOX_NOT_FOR_SALE: BoxNotForSale,
        ErrorCode.BOX_SOLD: BoxSold,
        ErrorCode.BOX_UNITS_MISMATCH: BoxUnitsMismatch,
        ErrorCode.DISPENSE_NOT_FOUND: DispenseNotFound,
        ErrorCode.DISPENSE_REPORTED: DispenseReported,
        ErrorCode.DISPENSE_REVERSED: DispenseReversed,
        ErrorCode.LOOKUP_THROTTLED: LookupThrottled,
        ErrorCode.LOOKUP_FACTOR_REQUIRED: LookupFactorRequired,
        ErrorCode.APPLICATION_NOT_FOUND: ApplicationNotFound,
        ErrorCode.APPLICATION_INCOMPLETE: ApplicationIncomplete,
        ErrorCode.APPLICATION_STATE: ApplicationState,
        ErrorCode.PHARMACY_LICENCE: PharmacyLicence,
        ErrorCode.TAX_DEBT: TaxDebt,
        ErrorCode.TAX_CHECK_REQUIRED: TaxCheckRequired,
        ErrorCode.REFUSAL_REASON_REQUIRED: RefusalReasonRequired,
        ErrorCode.CONTRACT_NOT_FOUND: ContractNotFound,
        ErrorCode.CONTRACT_NUMBER: ContractNumber,
        ErrorCode.CONTRACT_DATES: ContractDates,
        ErrorCode.CONTRACT_OVERLAP: ContractOverlap,
        ErrorCode.CONTRACT_STATE: ContractState,
        ErrorCode.CONTRACT_CLAIMS_OPEN: ContractClaimsOpen,
        ErrorCode.CLAIM_NOT_FOUND: ClaimNotFound,
        ErrorCode.BUDGET_NOT_FOUND: BudgetNotFound,
        ErrorCode.BUDGET_EXISTS: BudgetExists,
        ErrorCode.BUDGET_CLOSED: BudgetClosed,
        ErrorCode.BUDGET_YEAR_OPEN: BudgetYearOpen,
        ErrorCode.BUDGET_TRANSFER_YEAR: BudgetTransferYear,
        ErrorCode.BUDGET_TRANSFER_REGIONS: BudgetTransferRegions,
        ErrorCode.BUDGET_TRANSFER_COMMITTED: BudgetTransferCommitted,
        ErrorCode.BUDGET_ANALYSIS_REQUIRED: BudgetAnalysisRequired,
        ErrorCode.MULTIPLIER_DATE: MultiplierDate,
        ErrorCode.REPORT_NOT_FOUND: ReportNotFound,
        ErrorCode.REPORT_STATE: ReportState,
        ErrorCode.REPORT_PERIOD_OPEN: ReportPeriodOpen,
        ErrorCode.ACT_NOT_FOUND: ActNotFound,
        ErrorCode.ACT_STATE: ActState,
        ErrorCode.ACT_CHANGED: ActChanged,
        ErrorCode.ACT_NOT_SIGNED: ActNotSigned,
        ErrorCode.ACT_SIGNATURE_ROLE: ActSignatureRole,
        ErrorCode.ACT_SIGNED_ALREADY: ActSignedAlready,
        ErrorCode.ACT_SAME_SIGNER: ActSameSigner,
        ErrorCode.LINE_NOT_FOUND: LineNotFound,
        ErrorCode.LINE_STATE: LineState,
        ErrorCode.DISPUTE_NOT_FOUND: DisputeNotFound,
        ErrorCode.DISPUTE_TOO_LATE: DisputeTooLate,
        ErrorCode.DISPUTE_STATE: DisputeState,
        ErrorCode.DISPUTE_AMOUNT: DisputeAmount,
        ErrorCode.COMMISSION_TOO_SMALL: CommissionTooSmall,
        ErrorCode.PROTOCOL_MISSING: ProtocolMissing,
        ErrorCode.CLAWBACK_TOO_LARGE: ClawbackTooLarge,
        ErrorCode.INSPECTION_ACT_REQUIRED: InspectionActRequired,
        ErrorCode.RECOVERY_TOO_LARGE: RecoveryTooLarge,
        ErrorCode.RECONCILIATION_ROW: ReconciliationRow,
    }
)
"""The classes by their codes."""
