"""The sample proxies of ``deploy/`` as processes: the files as they are, with names, paths and ports of a test."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.cli.demo.processes import free_port
from tests.support.certificates import Authority, bundle
from tests.support.processes import PROJECT, ProcessFailed

HOST: Final = "gateway.example"
"""The name in the samples."""
TOLD: Final = "X-Told-Target"
"""Field that the proxies of a test add: the target of the request they believe they pass on."""
_READY_SECONDS: Final = 10.0
_DEPLOY: Final = PROJECT / "deploy"


@dataclass(frozen=True, slots=True)
class Authorities:
    """Who has issued the certificates of servers and clients, and where the server's files are."""

    servers: Authority
    clients: Authority
    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Authorities:
        """New ones, with the files that the samples name."""
        made = cls(Authority("Test servers"), Authority("Test clients"), folder)
        certificate, key = made.servers.issue(HOST, server=True).write(folder, "server")
        bundle(folder / "server-with-key.pem", [certificate.read_text("ascii"), key.read_text("ascii")])
        bundle(folder / "clients.pem", [made.clients.card.pem])
        bundle(folder / "revoked.pem", [made.clients.revocations()])
        return made


def missing(program: str) -> str | None:
    """Why tests with this proxy cannot run here, in the line that enables them; ``None`` when they can."""
    if _program(program) is not None:
        return None
    return f"{program} is not installed; on Debian: apt-get install {'nginx-light' if program == 'nginx' else program}"


@asynccontextmanager
async def nginx(authorities: Authorities, gateway_port: int) -> AsyncIterator[int]:
    """The sample nginx in front of a gateway; its port."""
    folder, port = authorities.folder, free_port()
    site = _adapted("nginx/kopuro.conf", authorities, gateway_port, port)
    site = site.replace("/etc/nginx/kopuro.proxy", str(folder / "kopuro.proxy"))
    site = re.sub(r"/var/log/nginx/", f"{folder}/", site)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    fields = (_DEPLOY / "nginx" / "kopuro.proxy").read_text(encoding="utf-8")
    (folder / "kopuro.proxy").write_text(f"{fields}proxy_set_header {TOLD} $request_uri;\n", encoding="utf-8")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _TEMPORARY)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/start.log; {user}\n"
        f"events {{ worker_connections 4096; }} http {{ {temporary} include {folder}/site.conf; }}\n",
        encoding="utf-8",
    )
    command = [
        str(_program("nginx")),
        "-c",
        str(folder / "nginx.conf"),
        "-p",
        str(folder),
        "-e",
        str(folder / "start.log"),
    ]
    async with _running(command, folder, port):
        yield port


@asynccontextmanager
async def haproxy(authorities: Authorities, gateway_port: int) -> AsyncIterator[int]:
    """The sample HAProxy in front of a gateway; its port."""
    folder, port = authorities.folder, free_port()
    text = _adapted("haproxy/kopuro.cfg", authorities, gateway_port, port)
    text = re.sub(
        r"^    (user|group) haproxy\n|^    log /dev/log local0\n|^    log global\n", "", text, flags=re.MULTILINE
    )
    text = text.replace("option httpchk GET /health/ready", "").replace("check inter 2s ", "")
    proto = "    http-request set-header X-Forwarded-Proto https\n"
    assert proto in text
    text = text.replace(proto, f"{proto}    http-request set-header {TOLD} %[pathq]\n")
    (folder / "haproxy.cfg").write_text(text, encoding="utf-8")
    async with _running([str(_program("haproxy")), "-db", "-f", str(folder / "haproxy.cfg")], folder, port):
        yield port


_TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def _adapted(sample: str, authorities: Authorities, gateway_port: int, port: int) -> str:
    text = (_DEPLOY / sample).read_text(encoding="utf-8")
    text = text.replace("/etc/kopuro/tls/", f"{authorities.folder}/").replace(
        "127.0.0.1:8066", f"127.0.0.1:{gateway_port}"
    )
    return re.sub(
        r"(listen |bind :)443\b", lambda found: found[1].replace(":", "127.0.0.1:") + _place(found[1], port), text
    )


def _place(directive: str, port: int) -> str:
    return str(port) if directive.startswith("bind") else f"127.0.0.1:{port}"


@asynccontextmanager
async def _running(command: list[str], folder: Path, port: int) -> AsyncIterator[None]:
    child = _started(command, folder)
    try:
        async with asyncio.timeout(_READY_SECONDS):
            while not _listens(port):
                if child.poll() is not None:
                    raise ProcessFailed(f"{command[0]} did not start.\n{_words(folder)}")
                await asyncio.sleep(0.02)
        yield
    finally:
        _stop(child)


def _started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "proxy.out").open("wb") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder)


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _words(folder: Path) -> str:
    files = [*folder.glob("*.log"), folder / "proxy.out"]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
