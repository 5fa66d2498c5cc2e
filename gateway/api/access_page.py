"""The authorisation table as a Markdown page, for ``docs/access.md``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from gateway.access.assertions import LONGEST
from gateway.access.dpop import FRESH
from gateway.access.permissions import Ownership, Permission
from gateway.access.principal import Role, Scope
from gateway.access.roles import ANY_METHOD, ROLES, SCOPES, Reach, RoleDescription, SignInMethod
from gateway.access.session_records import SessionLimits
from gateway.access.signing import LONGEST_SIGNED
from gateway.access.table import TABLE
from gateway.api.contract import Route
from gateway.api.oauth import TOKEN_PATH
from gateway.api.routes import ROUTES
from gateway.limits.policy import RatePolicy, RatesPolicy, WhenUncounted
from gateway.limits.rates import OperationClass
from gateway.middleware.guarded import FORGERY_HEADER, SESSION_COOKIE, XROAD_CLIENT

_NOTHING: Final = "–"
_OWNERSHIP: Final[Mapping[Ownership, str]] = {
    Ownership.ORGANISATION: "own organisations",
    Ownership.COUNTRY: "the whole country",
    Ownership.PERSON: "the person's own",
    Ownership.MACHINE: "the machine's own",
}
_REACH: Final[Mapping[Reach, str]] = {
    Reach.ORGANISATION: "one organisation",
    Reach.REGION: "one region",
    Reach.COUNTRY: "the whole country",
}
_METHODS: Final[Mapping[SignInMethod, str]] = {
    SignInMethod.ELECTRONIC_SIGNATURE: "electronic signature",
    SignInMethod.ID_CARD: "ID card",
    SignInMethod.QR: "QR",
    SignInMethod.PASSWORD: "personal number and password",
}
_UNCOUNTED: Final[Mapping[WhenUncounted, str]] = {
    WhenUncounted.REFUSE: "refused",
    WhenUncounted.COUNT_HERE: "counted by each node for itself",
}


def render() -> str:
    """The page: how senders prove who they are, then who may do what."""
    return "".join((_head(), *_operations(), *_open_ones(), *_scopes(), *_roles(), *_rates()))


def _head() -> str:
    idle, absolute = _in_words(SessionLimits().idle), _in_words(SessionLimits().absolute)
    assertion, token, proof = _in_words(LONGEST), _in_words(LONGEST_SIGNED), _in_words(FRESH)
    return f"""\
# Who may do what

Made from `gateway/access/table.py` by `gateway schemas write`; do not edit. A service with an operation that has no row
there does not start.

## How senders prove who they are

**Machines** have a key of their own, which an operator has put into the register of clients. With it they sign a
request for an access token (`POST {TOKEN_PATH}` with `private_key_jwt`, RFC 7523; good for {assertion} and once). The
token (RFC 9068) counts for {token}, and it is worth nothing alone: it is bound to the client's key, which signs every
request anew (`DPoP`, RFC 9449; good for {proof} and once), or to the client's TLS certificate (RFC 8705). What a
machine may do is told by the **scopes** of its token, within those that it is registered with today, and over whose
data by the **organisations** that it is registered for. A request of an X-Road member that comes through our own
security server is that of the machine its `{XROAD_CLIENT}` is registered as; nobody else is believed that header.

**People** sign in through ESI, and only there: the gateway takes nobody's password (ESI order, clause 3(2)). The
browser then holds a random value in the cookie `{SESSION_COOKIE}`, and whatever changes something brings the session's
token in `{FORGERY_HEADER}` too. A session ends after {idle} without a request and after {absolute} in any case, unless
the settings say otherwise. What a person may do is told by the **roles** that the list of authorised staff (ESI order,
clause 5) gives them on that day. It is asked with every request: who is taken off the list stops working at once.

Who proves nothing gets 401, who may not do it 403. **Own organisations** are those that a machine is registered for, or
that a person's role reaches; objects of others are answered like objects that do not exist. What concerns **the whole
country** is refused to everybody who answers for less.

"""


def _operations() -> Iterator[str]:
    yield "## Operations\n"
    closed = [route for route in ROUTES if not TABLE[route.name].public]
    for tag in dict.fromkeys(route.tag for route in closed):
        yield f"\n### {tag}\n\n"
        yield "| Operation | Request | Machines with | People as | Over whose data | Counted as |\n"
        yield "|---|---|---|---|---|---|\n"
        yield from (_row(route, TABLE[route.name]) for route in closed if route.tag == tag)


def _open_ones() -> Iterator[str]:
    yield "\n### Open to everybody\n\nThey touch nobody's data.\n\n"
    yield "| Operation | Request | Counted as |\n|---|---|---|\n"
    for route in ROUTES:
        row = TABLE[route.name]
        if row.public:
            yield _line(_operation(route), _request(route), _rate(row))


def _row(route: Route, row: Permission) -> str:
    return _line(
        _operation(route), _request(route), _machines(row), _people(row), _OWNERSHIP[row.ownership], _rate(row)
    )


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _operation(route: Route) -> str:
    return f"`{route.name}`: {_uncapitalised(route.summary)}"


def _request(route: Route) -> str:
    return f"`{route.method} {route.path}`"


def _rate(row: Permission) -> str:
    return _NOTHING if row.rate is None else row.rate.value


def _uncapitalised(summary: str) -> str:
    # «ESI tells …» keeps its capitals.
    return summary if summary[1:2].isupper() else summary[:1].lower() + summary[1:]


def _machines(row: Permission) -> str:
    if row.registered:
        return "a key of their own"
    return _NOTHING if row.scope is None else f"`{row.scope}`"


def _people(row: Permission) -> str:
    if row.signed_in:
        return "whoever has signed in"
    return ", ".join(f"`{role}`" for role in Role if role in row.roles) or _NOTHING


def _scopes() -> Iterator[str]:
    yield "\n## Scopes of machines\n\n| Scope | What for |\n|---|---|\n"
    for scope in Scope:
        yield _line(f"`{scope}`", _uncapitalised(SCOPES[scope].en))


def _roles() -> Iterator[str]:
    yield "\n## Roles of people\n\nA role without an operation here belongs to a module that is still to come.\n\n"
    yield "| Role | Who | Reaches | After signing in by | Source | Operations |\n|---|---|---|---|---|---|\n"
    for role in Role:
        described = ROLES[role]
        yield _line(
            f"`{role}`",
            described.title.en,
            _REACH[described.reach],
            _ways(described),
            described.clause.en,
            ", ".join(f"`{name}`" for name, row in TABLE.items() if role in row.roles) or _NOTHING,
        )


def _ways(described: RoleDescription) -> str:
    if described.methods == ANY_METHOD:
        return "any method"
    return " or ".join(_METHODS[method] for method in SignInMethod if method in described.methods)


def _rates() -> Iterator[str]:
    yield (
        "\n## How often\n\n"
        "Every sender is counted, by class of operation and in all; who is not known yet, by address. "
        "`RateLimit` fields\ntell where it stands, 429 with `Retry-After` when to come again. These are the defaults; "
        "`[limits.rates]` changes them.\n\n"
        "| Class | Requests | While nodes cannot count together |\n|---|---|---|\n"
    )
    policy = RatesPolicy()
    by_class: dict[str, RatePolicy] = {
        kind.value: getattr(policy, kind.value.replace("-", "_")) for kind in OperationClass
    }
    for name, rate in {**by_class, "all together": policy.client}.items():
        quota = f"{rate.requests} in {_in_words(timedelta(seconds=rate.seconds))}"
        yield _line(name, quota, _UNCOUNTED[rate.when_uncounted])


def _in_words(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, length in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % length == 0:
            number = seconds // length
            return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
    raise AssertionError("a whole number of seconds")
