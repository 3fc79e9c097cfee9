"""An intent classifier small enough to train in seconds and honest about what it does not know.

TF-IDF over character and word n-grams feeds linear support vector machines, one for each
intent. The model is kept as JSON and plain arrays, never as pickled objects, and two trainings
give the same numbers.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Dict, List, Optional, Text

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.folding import words
from bot.components.ngrams import ASKS, Analyze, analyzers

# How many guesses are kept beside the best one: enough for the fallback to see ambiguity.
RANKING_LENGTH = 5


class _Block:
    """One kind of n-gram, with what each weighs over all messages and for each intent."""

    def __init__(
        self,
        analyze: Analyze,
        vocabulary: Dict[Text, int],
        idf: NDArray[np.float32],
        weights: NDArray[np.float32],
    ) -> None:
        """`weights` has a row for each n-gram, in the order of the vocabulary, and a column for each intent."""
        self._analyze = analyze
        self._place = vocabulary
        self._idf: NDArray[np.float64] = np.asarray(idf, dtype=np.float64)
        self._weights = np.ascontiguousarray(weights)

    def scores(self, text: str) -> NDArray[np.float64]:
        """What these n-grams of a text say for each intent."""
        counts = Counter(map(self._place.get, self._analyze(text)))
        counts.pop(None, None)
        if not counts:
            return np.zeros(self._weights.shape[1])
        places = np.fromiter(counts.keys(), dtype=np.intp, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
        values = (1.0 + np.log(values)) * self._idf[places]
        values /= np.sqrt(values @ values)
        result: NDArray[np.float64] = values @ self._weights[places]
        return result


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TfidfIntentClassifier(IntentClassifier, GraphComponent):
    """Guesses the intent of a message, and lets danger win when it may be meant."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Settings with the values that did best on the product's own development set."""
        return {
            "regularisation": 1.0,  # C of the support vector machines
            # What a margin between intents is multiplied by before beliefs are made of it.
            "sharpness": 3.0,
            "char_ngrams": [2, 5],
            "word_ngrams": [1, 3],
            "word_weight": 0.8,
            # What fewer examples hold is left out: it makes the model large and little better.
            "char_least": 2,
            "word_least": 2,
            # Intents beginning with this are chosen as soon as they share this much belief.
            "priority_prefix": None,
            "priority_threshold": 0.3,
            # In so few words there is little to go by, so they must be believed more: 'my mother' is no emergency.
            "short_words": 0,
            "short_threshold": 0.6,
        }

    def __init__(
        self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """An untrained classifier; `train` or `load` give it what it knows."""
        self.config = config
        self._storage = model_storage
        self._resource = resource
        self.intents: List[str] = []
        self.weights = np.zeros((0, 0), dtype=np.float32)
        self.bias = np.zeros(0, dtype=np.float32)
        self.vocabularies: List[Dict[Text, int]] = []
        self.idf: List[NDArray[np.float32]] = []
        self._laid_out: Optional[List[_Block]] = None

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TfidfIntentClassifier:
        """Called by Rasa before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TfidfIntentClassifier:
        """Called by Rasa when a trained model is opened."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            known = json.loads((folder / "tfidf.json").read_text(encoding="utf-8"))
            with np.load(folder / "tfidf.npz", allow_pickle=False) as arrays:
                classifier.idf = [arrays["idf_char"], arrays["idf_word"]]
                classifier.weights, classifier.bias = arrays["weights"], arrays["bias"]
        classifier.intents = known["intents"]
        classifier.vocabularies = known["vocabularies"]
        return classifier

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples and stores what was learnt."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        texts = [_normal(e.get(TEXT)) for e in examples]
        # Only here: what learns is large, and whoever only reads never needs it.
        from bot.components.learning import learn

        learnt = learn(texts, [e.get(INTENT) for e in examples], self.config)
        self.intents, self.vocabularies, self.idf = learnt.intents, learnt.vocabularies, learnt.idf
        self.weights, self.bias = learnt.weights, learnt.bias
        self._laid_out = None
        self._persist()
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the best intent and the runners-up to each message."""
        for message in messages:
            ranking = self.rank(message.get(TEXT) or "")
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking[:RANKING_LENGTH], add_to_output=True)
        return messages

    def rank(self, text: str) -> List[Dict[Text, Any]]:
        """All intents, the most believed first; nothing readable gives no belief at all."""
        normal = _normal(text)
        if not normal:
            return [{"name": None, "confidence": 0.0}]
        beliefs = self._beliefs(normal)
        order = [int(i) for i in np.argsort(-beliefs, kind="stable")]
        ranking = [{"name": self.intents[i], "confidence": float(beliefs[i])} for i in order]
        is_short = len(words(text)) <= self.config["short_words"]
        return _danger_first(
            ranking,
            self.config["priority_prefix"],
            self.config["short_threshold" if is_short else "priority_threshold"],
            is_short,
        )

    def _beliefs(self, normal: str) -> NDArray[np.float64]:
        scores = self.bias.astype(np.float64)
        for block in self._blocks():
            scores = scores + block.scores(normal)
        powers = np.exp(self.config["sharpness"] * (scores - scores.max()))
        beliefs: NDArray[np.float64] = powers / powers.sum()
        return beliefs

    def _blocks(self) -> List[_Block]:
        """The weights by kind of n-gram, laid out for one message at a time."""
        if self._laid_out is None:
            first = len(self.vocabularies[0])
            columns = self.weights.T
            parts = (columns[:first], columns[first:] * self.config["word_weight"])
            whole = zip(analyzers(self.config), self.vocabularies, self.idf, parts, strict=True)
            self._laid_out = [_Block(*part) for part in whole]
        return self._laid_out

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            (folder / "tfidf.json").write_text(
                json.dumps({"intents": self.intents, "vocabularies": self.vocabularies}),
                encoding="utf-8",
            )
            np.savez_compressed(
                folder / "tfidf.npz",
                weights=self.weights,
                bias=self.bias,
                idf_char=self.idf[0],
                idf_word=self.idf[1],
            )


def _normal(text: str) -> str:
    """The folded words and whether a question mark was among them; nothing where there are no words."""
    folded = [word.text for word in words(text)]
    return " ".join([*folded, ASKS] if folded and ASKS in text else folded)


def _danger_first(
    ranking: List[Dict[Text, Any]], prefix: Optional[str], threshold: float, is_short: bool
) -> List[Dict[Text, Any]]:
    """Puts the likeliest urgent intent first when the urgent ones together are believed enough.

    Missing one call for help is worse than asking a calm person whether they are safe. But a few
    words that are not believed enough mean none of it, whatever is likeliest.
    """
    urgent = [guess for guess in ranking if prefix and guess["name"].startswith(prefix)]
    belief = sum(guess["confidence"] for guess in urgent)
    if not urgent or (belief < threshold and not is_short):
        return ranking
    if belief < threshold:
        others = [guess for guess in ranking if guess not in urgent]
        return [*others, *({**guess, "confidence": 0.0} for guess in urgent)]
    calm = [{**guess, "confidence": 0.0} for guess in ranking if guess not in urgent]
    return [{"name": urgent[0]["name"], "confidence": 1.0}, *calm]
