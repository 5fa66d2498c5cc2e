"""Tryton is killed between the agent's recording a sale and its answer: the sale is made once, and found again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest import TestCase, main

from agent_stand_in import TOKEN, AgentStandIn
from environment import FOLDER
from till import OnShelf, Till


class Crash(TestCase):
    """The children use the database this process has built and closed."""

    def test_a_server_killed_in_mid_dispense_repeats_the_same_order(self) -> None:
        Till.build(OnShelf())
        token_file = FOLDER / "token"
        token_file.write_text(TOKEN)
        with AgentStandIn() as agent:
            killed = self.child("sell", agent, token_file)
            agent.on_recorded = lambda: os.kill(killed.pid, signal.SIGKILL)
            killed.communicate(timeout=120)
            self.assertEqual(killed.returncode, -signal.SIGKILL)
            ((key, order),) = agent.orders.items()

            agent.on_recorded = lambda: None
            second = self.child("begin-again", agent, token_file)
            told = json.loads(second.communicate(timeout=120)[0])
            self.assertEqual(told["found"], {"sale": "open", "line": "sending", "key": key})
            self.assertEqual((told["sale"], told["line"]), ("posted", "recorded"))
            self.assertEqual(told["booked"], {"cash": "300.00", "receivable": "600.00", "revenue": "-900.00"})
            self.assertEqual(agent.orders, {key: order})
            self.assertEqual(agent.requests.count(("POST", "/api/sales")), 2)

    def child(self, act: str, agent: AgentStandIn, token_file: Path) -> subprocess.Popen[str]:
        script = Path(__file__).with_name("crash_child.py")
        command = [sys.executable, str(script), act, agent.origin, str(token_file)]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | {"TRYTOND_DATABASE__PATH": str(FOLDER)}
        )


if __name__ == "__main__":
    main()
