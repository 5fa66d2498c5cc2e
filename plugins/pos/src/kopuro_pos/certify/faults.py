"""What can go wrong between till and agent, and behind the agent, by id."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Strikes the next answer to one route, once. The agent has done its work before it strikes."""

    LOST_ANSWER = "lost-answer"
    """The connection breaks before the answer."""
    SILENCE = "silence"
    """No answer comes, and the connection stays open."""
    BAD_GATEWAY = "bad-gateway"
    """Something between answers 502 with a page of HTML."""
    CRASH = "crash"
    """The connection breaks and the agent's port is closed until the kit opens it again."""
    HELD_ANSWER = "held-answer"
    """The answer comes when the kit lets it."""
    IN_PIECES = "in-pieces"
    """The answer comes in many small pieces, with fields of a later version in it."""


class Condition(StrEnum):
    """How the world behind the agent is until the kit changes it."""

    GATEWAY_AWAY = "gateway-away"
    """The gateway cannot be reached: look-ups give up, sales wait under a hold."""
    GATEWAY_IN_DOUBT = "gateway-in-doubt"
    """The sale was sent, and the gateway's answer has not come."""
    NO_HOLD = "no-hold"
    """Quotes come without a hold."""
    HELD_BY_OTHER = "held-by-other"
    """Another pharmacy is dispensing on the prescription."""
    SOLD_ELSEWHERE = "sold-elsewhere"
    """Another till has sold the whole course meanwhile."""
    CLOCK_WRONG = "clock-wrong"
    """This computer's clock is wrong by more than five minutes."""
    TOKEN_ENDED = "token-ended"  # noqa: S105 - an id, not a token
    """The installation's token was changed."""
