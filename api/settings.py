"""The settings of one deployment, read from `STAFET_...` variables and an optional `.env` file.

Every setting is described in docs/settings.md; a test holds the two together.
"""

from __future__ import annotations

import ipaddress
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent


class Environment(StrEnum):
    """Where the product runs: it decides what is allowed, never what is answered."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything that may differ between two deployments."""

    model_config = SettingsConfigDict(
        env_prefix="STAFET_", env_file=".env", env_file_encoding="utf-8", extra="ignore",
        frozen=True, env_ignore_empty=True,
    )  # fmt: skip

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="development, test or production."
    )
    host: str = Field("127.0.0.1", description="Address the application listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port of the application.")
    public_url: str | None = Field(
        None, description="Address citizens use, when a proxy stands in front."
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins (comma-separated) that may embed and call the chat."
    )
    municipality: str = Field("koebenhavn", description="Profile of the municipality served.")
    today: date | None = Field(
        None, description="Fixes today's date, to see the service as of another day."
    )

    var: Path = Field(
        REPOSITORY / "var", description="Folder for the database, the index, models and logs."
    )
    database_url: str | None = Field(
        None, description="SQLAlchemy URL; without it an SQLite file in the var folder."
    )
    embedding_model: str | None = Field(
        None,
        description="Sentence-transformers model, by name or folder; default: the shipped one.",
    )

    session_hours: float = Field(
        24, gt=0, le=24 * 90, description="Hours after which a silent chat is erased."
    )
    staff_session_hours: float = Field(
        10, gt=0, le=24, description="Hours after which staff must sign in again."
    )
    staff_idle_minutes: float = Field(
        60, gt=0, le=24 * 60, description="Minutes of silence after which staff are signed out."
    )
    rate_limits: bool | None = Field(
        None, description="Limits on how often one address may call; on in production by default."
    )

    live_hours: str = Field(
        "hovednummer",
        description="Contact whose opening hours the live chat keeps; always: those on duty decide.",
    )
    live_wait_minutes: float = Field(
        20,
        gt=0,
        le=240,
        description="Minutes after which a waiting citizen is told that nobody came.",
    )
    live_desk: Literal["console", "matrix"] = Field(
        "console",
        description="Where people answer: the console, or a Matrix homeserver beside it.",
    )
    matrix_url: str | None = Field(None, description="Address of the Matrix homeserver.")
    matrix_as_token: SecretStr | None = Field(
        None, description="What the application shows the homeserver (`as_token`)."
    )
    matrix_hs_token: SecretStr | None = Field(
        None, description="What the homeserver shows the application (`hs_token`)."
    )
    matrix_staff: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Matrix users (comma-separated) who are invited to each conversation."
    )
    redis_url: SecretStr | None = Field(
        None, description="Redis that several application processes hear each other through."
    )

    rasa_port: int = Field(5005, ge=1, le=65535, description="Loopback port of the Rasa process.")
    rasa_url: str | None = Field(
        None, description="Address of Rasa, when it is not the one started beside the application."
    )
    rasa_timeout_seconds: float = Field(
        4,
        gt=0,
        le=30,
        description="How long a citizen waits for the bot before being told the truth.",
    )
    rasa_fast: bool = Field(
        True,
        description=(
            "Serves Rasa without what it imports and never uses, and checks the answers of actions with a validator"
            " that is built once."
        ),
    )
    rasa_token: SecretStr | None = Field(None, description="Token of Rasa's own API.")
    action_secret: SecretStr | None = Field(
        None, description="What Rasa must show to run the application's actions."
    )

    periods: Path | None = Field(
        None, description="File with periods of one's own for keeping records; default: built in."
    )

    case_system: str = Field(
        "register",
        description="Which case system complaints go to; docs/case-systems.md names them.",
    )
    outbox_worker: bool = Field(
        True,
        description="Whether the application delivers by itself; else `stafet outbox run` does.",
    )
    case_folder: Path | None = Field(
        None, description="Folder for the files of the file case system; default: cases in var."
    )
    webhook_url: str | None = Field(None, description="Address that takes signed events.")
    webhook_secret: SecretStr | None = Field(
        None, description="Signs what goes to the webhook (`whsec_...`)."
    )
    webhook_lookup_url: str | None = Field(
        None, description="Address where the receiver can be asked whether it has an event."
    )
    webhook_status_secret: SecretStr | None = Field(
        None, description="Checks the signature of status events that come back (`whsec_...`)."
    )
    rt_url: str | None = Field(None, description="Address of Request Tracker.")
    rt_token: SecretStr | None = Field(None, description="Token of Request Tracker's service user.")
    rt_queue: str = Field("Klager", description="Queue of Request Tracker that takes complaints.")
    smtp_host: str | None = Field(None, description="Mail server; without it no mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str | None = Field(None, description="User name at the mail server.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_from: str | None = Field(None, description="Address that mails come from.")
    case_mail_to: str | None = Field(
        None, description="Mailbox that is told of complaints by the smtp case system."
    )
    case_mail_whole: bool = Field(
        False, description="Whether that mail carries the whole complaint instead of a notice."
    )
    alerts: Path | None = Field(
        None, description="File with limits of one's own for alerts; default: built in."
    )
    alert_recipients: Path | None = Field(
        None, description="File that says who is told of alerts by mail; without it, nobody."
    )
    alert_webhook_url: str | None = Field(
        None, description="Address that takes alerts as signed events."
    )
    alert_webhook_secret: SecretStr | None = Field(
        None, description="Signs what goes to the webhook of alerts (`whsec_...`)."
    )
    ca_file: Path | None = Field(
        None, description="Certificate authorities for case systems and mail, if not the machine's."
    )
    private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Hosts (comma-separated) that may be called though their address is private.",
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe event that is logged."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto",
        description="json lines, or coloured lines for a terminal; auto: json in production.",
    )

    @field_validator("allowed_origins", "private_hosts", "matrix_staff", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        return tuple(str(origin).rstrip("/") for origin in value)

    @field_validator("var", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.resolve()

    @model_validator(mode="after")
    def _safe(self) -> Self:
        """Refuses what would be unsafe where it runs."""
        if self.environment is Environment.DEVELOPMENT and not is_loopback(self.host):
            raise ValueError(
                "STAFET_HOST: in development the application listens on loopback only; "
                "set STAFET_ENVIRONMENT=production and its secrets to serve others"
            )
        if self.environment is Environment.PRODUCTION:
            missing = [
                f"STAFET_{name.upper()}"
                for name in ("rasa_token", "action_secret")
                if getattr(self, name) is None
            ]
            if missing:
                raise ValueError(f"in production these must be set: {', '.join(missing)}")
            if self.today is not None:
                raise ValueError("STAFET_TODAY: production always uses the real date")
        return self

    @property
    def limits_on(self) -> bool:
        """Whether rate limits apply: as set, else in production only."""
        if self.rate_limits is not None:
            return self.rate_limits
        return self.environment is Environment.PRODUCTION

    @property
    def database(self) -> str:
        """URL of the database; the default is an SQLite file in the var folder."""
        return self.database_url or f"sqlite:///{self.var / 'stafet.db'}"

    @property
    def bot_url(self) -> str:
        """Address of the Rasa process, which listens on loopback."""
        return (self.rasa_url or f"http://127.0.0.1:{self.rasa_port}").rstrip("/")

    @property
    def index_folder(self) -> Path:
        """Where the search index is built and read."""
        return self.var / "index"


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
