"""A checker: a process that checks the bodies it is given until its pipe ends. Keeps, writes and logs nothing."""

from __future__ import annotations

import gc
import signal
import sys
from dataclasses import replace
from typing import Final

from gateway.checking.frames import Answers, Batch, framed, read_message
from gateway.rules.treated_case import CaseFacts, prepare
from schemas.codelists import icd10

READY: Final = "ready"


def answers_to(batch: Batch, facts: CaseFacts) -> Answers:
    """What the rules have to say of each body of a batch."""
    return [
        prepare(
            question.body,
            replace(facts, now=batch.now, sender_organisations=question.organisations, channel=question.channel),
            question.correction_of,
        )
        for question in batch.questions
    ]


def work() -> None:
    """Answer batch after batch from standard input on standard output."""
    # The gateway decides when it is over: by closing the pipe, after the last answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    icd10.load()
    gc.freeze()
    gc.set_threshold(10_000, 50, 1000)
    sink.write(framed(READY))
    sink.flush()
    facts: CaseFacts | None = None
    while (batch := read_message(source)) is not None:
        facts = batch.facts or facts
        assert facts is not None
        sink.write(framed(answers_to(batch, facts)))
        sink.flush()


if __name__ == "__main__":
    work()
