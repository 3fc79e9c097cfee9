"""The one address the application talks to: takes a message, answers with the replies and the slots.

Rasa's own REST channel needs a second call for the slots, answers `200 []` when something broke,
and is never protected by Rasa's token; here a failure is a failure, and the token is asked for.
"""

from __future__ import annotations

import hmac
import os
from typing import Any, Awaitable, Callable, Dict, Optional, Text

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = structlog.get_logger(__name__)


class TurnOutput(CollectingOutputChannel):
    """Collects what is said in one turn, and knows the conversation it is said in."""

    def __init__(self) -> None:
        """Nothing has been said yet."""
        super().__init__()
        # Set by bot/message_facts.py as soon as Rasa has found the conversation.
        self.tracker: Optional[DialogueStateTracker] = None

    async def send_text_message(self, recipient_id: Text, text: Text, **kwargs: Any) -> None:
        """One reply is one message, whatever paragraphs it has; Rasa would cut it at its empty lines."""
        await self._persist_message(self._message(recipient_id, text=text.strip()))

    def slots(self) -> Dict[Text, Any]:
        """What the conversation holds after the turn."""
        return dict(self.tracker.current_slot_values()) if self.tracker else {}


class TurnInput(InputChannel):
    """POST /webhooks/turns/webhook with sender, message and metadata."""

    @classmethod
    def name(cls) -> Text:
        """The name in the address."""
        return "turns"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of this channel."""
        turns = Blueprint("turns", __name__)
        expected = f"Bearer {os.environ.get('STAFET_RASA_TOKEN', '')}".encode()

        @turns.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            given = request.headers.get("Authorization", "")
            if expected == b"Bearer " or not hmac.compare_digest(given.encode(), expected):
                return response.json({"error": "token"}, status=401)
            asked = request.json
            output = TurnOutput()
            try:
                await on_new_message(
                    UserMessage(
                        asked["message"],
                        output,
                        asked["sender"],
                        input_channel=self.name(),
                        metadata=asked.get("metadata"),
                    )  # fmt: skip
                )
            except Exception as error:
                # Only its kind: the words of the citizen may stand in it.
                logger.error("turn.failed", kind=type(error).__name__)
                return response.json({"error": "turn"}, status=500)
            return response.json({"replies": output.messages, "slots": output.slots()})

        return turns
