"""`POST /api/v1/guidance/assess`: facts in, outcomes, dates and the next question out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request

from api.deps import RateLimiter
from api.errors import reader_language
from api.guidance.schemas import AssessmentOut, facts_schema
from api.guidance.service import GuidanceService

REQUEST = {"requestBody": {"content": {"application/json": {"schema": facts_schema()}}}}


def build_router(guidance: GuidanceService, limiter: RateLimiter) -> APIRouter:
    """The interface over one municipality's engine."""
    router = APIRouter(prefix="/api/v1/guidance", tags=["guidance"])

    @router.post(
        "/assess", response_model=AssessmentOut, openapi_extra=REQUEST,
        dependencies=[Depends(limiter.rule("guidance"))],
    )  # fmt: skip
    def assess(request: Request, facts: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        """Where the matter goes, by when, and what is still missing, for any subset of the facts."""
        return guidance.assess_json(facts, reader_language(request))

    return router
