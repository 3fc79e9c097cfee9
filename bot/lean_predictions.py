"""Answers from memory what Rasa's policies say of a message, where a rule of one step has written it down.

Nearly all of our rules read: this intent, then that action. For each prediction Rasa replays the whole conversation
three times over and compares it with every rule, to find the one that names the intent. So the policies are asked once
for each such intent; what they say then holds for every conversation, and `written_down` says why.
"""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, Optional, Text

from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.policies.rule_policy import DEFAULT_ACTION_MAPPINGS, RULES, RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.graph_components.providers.rule_only_provider import RuleOnlyDataProvider
from rasa.shared.core.constants import ACTION_LISTEN_NAME as LISTEN
from rasa.shared.core.events import (
    ActionExecuted,
    DefinePrevUserUtteredFeaturization,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.lean_graph import in_order
from bot.lean_memory import Beside

# What may have a say in a prediction for it to be foreseen; anything else, and the policies are asked every time.
UNDERSTOOD = (
    DefaultPolicyPredictionEnsemble,
    DomainProvider,
    MemoizationPolicy,
    RuleOnlyDataProvider,
    RulePolicy,
)


def install() -> None:
    """Makes Rasa's processor ask its policies about each intent with a rule of its own only once."""
    ask_policies = MessageProcessor._predict_next_with_tracker
    if getattr(ask_policies, "remembers", False):
        return
    memories: Beside[_Memory] = Beside(_Memory)

    def remember_or_ask(self: MessageProcessor, tracker: DialogueStateTracker) -> PolicyPrediction:
        memory = memories.of(self)
        intent = just_said(tracker)
        action = memory.written.get(intent) if intent else None
        if intent is None or action is None:
            return ask_policies(self, tracker)
        known = memory.said.get(intent)
        if known is None:
            known = ask_policies(self, tracker)
            if is_the_rules(known, action, self.domain):
                # A copy: Rasa takes the confidence out of one whose action was rejected.
                memory.said[intent] = again(known)
            return known
        return again(known)

    remember_or_ask.remembers = True  # type: ignore[attr-defined]
    MessageProcessor._predict_next_with_tracker = remember_or_ask


class _Memory:
    """What one processor's policies have said, of what their rules have written down."""

    def __init__(self, processor: MessageProcessor) -> None:
        self.written = written_down(rules_of(processor))
        self.said: Dict[Text, PolicyPrediction] = {}


def just_said(tracker: DialogueStateTracker) -> Optional[Text]:
    """The intent of the message that the bot listened for and that nothing but slots has followed."""
    if tracker.followup_action or tracker.active_loop or tracker.latest_action_name != LISTEN:
        return None
    events = reversed(tracker.events)
    latest: Any = next((event for event in events if type(event) is not SlotSet), None)
    before: Any = next(events, None)
    if (
        type(latest) is not UserUttered
        or latest is not tracker.latest_message
        or latest.use_text_for_featurization is not None
        or type(before) is not ActionExecuted
        or before.action_name != LISTEN
    ):
        return None
    intent: Optional[Text] = latest.intent_name
    return intent


def rules_of(processor: MessageProcessor) -> Mapping[Text, Text]:
    """The trained rules with their actions; none where something else may have a say as well."""
    runner, target = processor.graph_runner, processor.model_metadata.core_target
    if not target:
        return {}
    nodes = [runner._instantiated_nodes[name] for name in in_order(runner._graph_schema, [target])]
    parts = [node._component for node in nodes]
    rules = [part for part in parts if type(part) is RulePolicy]
    others = [part for part in parts if isinstance(part, Policy) and type(part) is not RulePolicy]
    if any(type(part) not in UNDERSTOOD for part in parts) or len(rules) != 1:
        return {}
    # Both are at most certain of something; of two that are, the higher priority wins.
    if any(policy.priority >= rules[0].priority for policy in others):
        return {}
    found: Mapping[Text, Text] = rules[0].lookup[RULES]
    return found


def written_down(rules: Mapping[Text, Text]) -> Dict[Text, Text]:
    """The intents that alone decide what follows them, with their actions.

    A rule speaks of states of the conversation, the last of which must hold now. Right after a message that is: the
    bot listened, and the intent. Where exactly one rule speaks of an intent so, and of nothing before and nothing
    beside it, then neither slots nor anything said earlier can make that rule not hold, or another one hold.
    """
    found: Dict[Text, Text] = {}
    unclear = set(DEFAULT_ACTION_MAPPINGS)
    for key, action in rules.items():
        states = json.loads(key)
        last = states[-1] if states else {}
        after = last.get("prev_action")
        if not isinstance(after, dict) or set(after) != {"action_name"}:
            return {}
        if after["action_name"] != LISTEN:
            continue
        user = last.get("user") or {}
        intent = user.get("intent")
        if not isinstance(intent, str) or not intent:
            # It may hold after any message.
            return {}
        if (
            intent in found
            or len(states) > 1
            or set(last) != {"prev_action", "user"}
            or len(user) > 1
        ):
            unclear.add(intent)
        found[intent] = action
    return {intent: action for intent, action in found.items() if intent not in unclear}


def is_the_rules(prediction: PolicyPrediction, action: Text, domain: Any) -> bool:
    """Whether the policies said what is written down, and nothing beside it."""
    return bool(
        prediction.policy_name == RulePolicy.__name__
        and domain.action_names_or_texts[prediction.max_confidence_index] == action
        and prediction.events == [DefinePrevUserUtteredFeaturization(False)]
        and not prediction.optional_events
        and not prediction.is_end_to_end_prediction
        and not prediction.is_no_user_prediction
        and not prediction.diagnostic_data
        and not prediction.action_metadata
    )


def again(known: PolicyPrediction) -> PolicyPrediction:
    """The same prediction with events of its own, since those get the time of their turn."""
    return PolicyPrediction(
        list(known.probabilities),
        known.policy_name,
        known.policy_priority,
        events=[DefinePrevUserUtteredFeaturization(False)],
        hide_rule_turn=known.hide_rule_turn,
    )
