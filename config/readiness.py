"""Everything that would keep the service from starting, found without starting it."""

from __future__ import annotations

from pathlib import Path

from config.binding import binding_problem
from config.problems import ConfigInvalid, ConfigProblem
from config.secret import SecretReference, SecretUnavailable
from config.settings import Settings, config_path, load_settings


def problems_of(chosen: Path | None) -> tuple[ConfigProblem, ...]:
    """The problems of the configuration ``gateway serve`` would use; empty when it can start."""
    try:
        settings = load_settings(chosen)
    except ConfigInvalid as invalid:
        return invalid.problems
    path = config_path(chosen)
    return serving_problems(settings, str(path) if path is not None else "built-in defaults")


def serving_problems(settings: Settings, source: str) -> tuple[ConfigProblem, ...]:
    """What is wrong with valid settings in this place: host, upstreams, secrets."""
    problems = [_missing(section, source) for section in ("xroad", "foms") if getattr(settings, section) is None]
    if not _may_be_reached(settings) and (binding := binding_problem(settings.server.host, source)) is not None:
        problems.append(binding)
    if settings.esi is not None and not settings.access.is_on:
        advice = "Set access.origin, or leave [esi] out."
        problems.append(ConfigProblem(source, "esi", "People cannot sign in while access is not configured.", advice))
    key_password = settings.xroad.tls.key_password if settings.xroad is not None else None
    secrets = {
        "xroad.tls.key_password": key_password,
        "store.password": settings.store.password,
        "sanarip.callback_token": settings.sanarip.callback_token,
        "esi.client_secret": settings.esi.client_secret if settings.esi is not None else None,
    }
    if settings.knmdb is not None:
        secrets |= {f"knmdb.accounts.{code}.password": one.password for code, one in settings.knmdb.accounts.items()}
    problems += [problem for key, secret in secrets.items() if (problem := _unreadable(key, secret, source))]
    return tuple(problems)


def _may_be_reached(settings: Settings) -> bool:
    """Whether others than this machine may reach the service: they prove who they are, and nobody can listen in."""
    protected = settings.tls.files() is not None or bool(settings.proxies.networks)
    return settings.access.is_on and protected and not settings.access.unbound_clients


def _missing(section: str, source: str) -> ConfigProblem:
    advice = f"Add [{section}] as in config/gateway.toml; who we are to the security server has no sensible default."
    return ConfigProblem(source, section, "The section is missing, so nothing could be delivered.", advice)


def _unreadable(key: str, secret: SecretReference | None, source: str) -> ConfigProblem | None:
    if secret is None:
        return None
    try:
        secret.read()
    except SecretUnavailable as error:
        advice = "Make it readable for the user the gateway runs as."
        return ConfigProblem(source, key, f"The secret cannot be read: {error}.", advice)
    return None
