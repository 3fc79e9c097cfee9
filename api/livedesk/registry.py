"""The live desks there are; the only place that names them. The console is always there and needs nothing from here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from pydantic import SecretStr

from api.cases.outgoing import outgoing_client, require_safe_url
from api.chat.staffing import Staffing
from api.livedesk.bridge import Bridge
from api.livedesk.matrix import MatrixDesk
from api.livedesk.matrix_route import build_matrix_route
from api.settings import Environment, Settings
from api.words import load_words

CALL_SECONDS = 20.0


@dataclass(frozen=True)
class OpenDesk:
    """A desk outside that is connected: what keeps it in step, and the addresses that it calls."""

    bridge: Bridge
    router: APIRouter


def open_desk(settings: Settings, staffing: Staffing) -> OpenDesk | None:
    """The desk that is set beside the console, if one is.

    Raises:
        ValueError: something that it needs is missing or unsafe; the message names the setting.
    """
    if settings.live_desk == "console":
        return None
    url = _needed(settings.matrix_url, "STAFET_MATRIX_URL")
    sends = _secret(settings.matrix_as_token, "STAFET_MATRIX_AS_TOKEN")
    takes = _secret(settings.matrix_hs_token, "STAFET_MATRIX_HS_TOKEN")
    if not settings.matrix_staff:
        raise ValueError("STAFET_MATRIX_STAFF: must be set for this live desk")
    at_home = settings.environment is not Environment.PRODUCTION
    try:
        require_safe_url(url, loopback_allowed=at_home)
    except ValueError as error:
        raise ValueError(f"STAFET_MATRIX_URL: {error}") from None
    client = outgoing_client(
        seconds=CALL_SECONDS, loopback_allowed=at_home, allowed_hosts=settings.private_hosts,
        ca_file=settings.ca_file, base_url=url.rstrip("/"),
        headers={"Authorization": f"Bearer {sends.get_secret_value()}"},
    )  # fmt: skip
    words = load_words(Path(__file__).parent / "texts")
    bridge = Bridge(MatrixDesk(client, settings.matrix_staff), staffing, words)
    return OpenDesk(bridge, build_matrix_route(bridge, takes))


def _needed(value: str | None, name: str) -> str:
    if not value:
        raise ValueError(f"{name}: must be set for this live desk")
    return value


def _secret(value: SecretStr | None, name: str) -> SecretStr:
    _needed(value.get_secret_value() if value else None, name)
    return value or SecretStr("")
