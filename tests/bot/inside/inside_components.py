"""The parts of the understanding pipeline."""

from __future__ import annotations

import json
import tempfile
import unittest
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.components.folding import fold, words
from bot.components.folding_tokenizer import FoldingTokenizer
from bot.components.ngrams import analyzers, letters
from bot.components.tfidf_classifier import TfidfIntentClassifier, _danger_first, _normal

LINES = {
    "greet": ["hej", "goddag", "hej med dig", "hello"],
    "complain": [
        "jeg vil klage",
        "hvordan klager jeg på afgørelsen",
        "klage",
        "i want to complain",
    ],
    "acute_danger": ["det brænder", "ring efter en ambulance", "han bløder", "there is a fire"],
}


class FolderStorage:
    """Rasa's model storage, as far as a component uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def write_to(self, resource: Resource) -> Iterator[Path]:
        yield self.folder

    @contextmanager
    def read_from(self, resource: Resource) -> Iterator[Path]:
        yield self.folder


def trained(folder: Path, **config: Any) -> TfidfIntentClassifier:
    """A classifier that has learnt the lines above."""
    settings: dict[str, Any] = {**TfidfIntentClassifier.get_default_config(), **config}
    classifier = TfidfIntentClassifier(settings, FolderStorage(folder), Resource("r"))
    data = [
        Message(data={"text": text, "intent": intent})
        for intent, texts in LINES.items()
        for text in texts
    ]
    classifier.train(TrainingData(training_examples=data))
    return classifier


class Folding(unittest.TestCase):
    def test_both_keyboards_read_alike(self) -> None:
        assert fold("Afgørelse på GÆLD") == fold("afgoerelse paa gaeld")

    def test_accents_and_stretched_letters_disappear(self) -> None:
        assert fold("Allé") == "alle"
        assert fold("hjæææælp") == fold("hjææælp")

    def test_a_composed_letter_and_its_parts_are_one(self) -> None:
        assert fold("å") == "aa"

    def test_words_remember_where_they_stood(self) -> None:
        text = "Hvad står i § 19, stk. 1?"
        for word in words(text):
            assert fold(text[word.start : word.end]) == word.text

    def test_signs_and_emoji_are_no_words(self) -> None:
        assert words("😀 !!! _ ...") == []
        assert words("") == []


class Tokenizing(unittest.TestCase):
    def test_tokens_are_folded_and_placed(self) -> None:
        tokenizer = FoldingTokenizer(FoldingTokenizer.get_default_config())
        tokens = tokenizer.tokenize(Message(data={"text": "Få SVAR 😀"}), "text")
        assert [(t.text, t.start, t.end) for t in tokens] == [("faa", 0, 2), ("svar", 3, 7)]

    def test_nothing_readable_gives_no_tokens(self) -> None:
        tokenizer = FoldingTokenizer(FoldingTokenizer.get_default_config())
        for text in ("", "  ", "😀😀", None):
            assert tokenizer.tokenize(Message(data={"text": text}), "text") == []


class Classifying(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def enterContext(self, context: Any) -> Any:  # Python 3.10 has none of its own
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def test_one_message_is_scored_as_scikit_learn_scores_it(self) -> None:
        classifier = trained(self.folder)
        kinds = zip(
            analyzers(classifier.config), classifier.vocabularies, classifier.idf, strict=True
        )
        vectorizers = []
        for analyze, vocabulary, idf in kinds:
            vectorizer = TfidfVectorizer(analyzer=analyze, vocabulary=vocabulary, sublinear_tf=True)
            vectorizer.idf_ = idf
            vectorizers.append(vectorizer)
        for text in ("jeg vil klage over afgørelsen", "klage klage klage", "hej", "xyzzy", "æ"):
            normal = _normal(text)
            chars, terms = (vectorizer.transform([normal]) for vectorizer in vectorizers)
            features = hstack([chars, terms * classifier.config["word_weight"]])
            scores = (features @ classifier.weights.T).ravel()
            powers = np.exp(classifier.config["sharpness"] * (scores + classifier.bias))
            np.testing.assert_allclose(
                classifier._beliefs(normal), powers / powers.sum(), rtol=1e-4, atol=1e-9
            )

    def test_letters_are_cut_as_scikit_learn_cuts_them(self) -> None:
        cut = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()
        for text in ("", "a", "ab abc", "jeg vil klage ?", "indkomstgrundlaget nu"):
            assert Counter(cut(text)) == Counter(letters(text, 2, 5))

    def test_a_question_mark_is_kept_where_there_are_words(self) -> None:
        assert _normal("må de? Det") == "maa de det ?"
        assert _normal("???") == ""

    def test_it_learns_and_reads_other_spellings(self) -> None:
        classifier = trained(self.folder)
        assert classifier.rank("KLAGE paa afgoerelsen")[0]["name"] == "complain"

    def test_beliefs_sum_to_one_and_fall(self) -> None:
        beliefs = [guess["confidence"] for guess in trained(self.folder).rank("hej klage")]
        assert abs(sum(beliefs) - 1) < 1e-5
        assert beliefs == sorted(beliefs, reverse=True)

    def test_nothing_readable_is_believed_to_be_nothing(self) -> None:
        classifier = trained(self.folder)
        for text in ("", "   ", "😀", "!?", "🤷‍♀️🤷‍♀️"):
            assert classifier.rank(text) == [{"name": None, "confidence": 0.0}]

    def test_an_empty_message_falls_back_and_does_not_raise(self) -> None:
        fallback = FallbackClassifier({"threshold": 0.3, "ambiguity_threshold": 0.05})
        for text in ("", None, "😀"):
            message = trained(self.folder).process([Message(data={"text": text})])
            assert fallback.process(message)[0].get("intent")["name"] == "nlu_fallback"

    def test_two_trainings_are_the_same_to_the_last_bit(self) -> None:
        one, other = trained(self.folder), trained(self.folder)
        assert np.array_equal(one.weights, other.weights)
        assert np.array_equal(one.bias, other.bias)

    def test_what_is_loaded_judges_as_what_was_trained(self) -> None:
        one = trained(self.folder)
        other = TfidfIntentClassifier.load(
            one.config, FolderStorage(self.folder), Resource("r"), None
        )
        assert one.rank("hej jeg vil klage") == other.rank("hej jeg vil klage")

    def test_the_model_is_plain_data(self) -> None:
        trained(self.folder)
        assert sorted(path.name for path in self.folder.iterdir()) == ["tfidf.json", "tfidf.npz"]
        json.loads((self.folder / "tfidf.json").read_text(encoding="utf-8"))
        with np.load(self.folder / "tfidf.npz", allow_pickle=False) as arrays:
            assert not any(arrays[name].dtype == object for name in arrays.files)


class DangerFirst(unittest.TestCase):
    RANKING = [
        {"name": "complain", "confidence": 0.6},
        {"name": "acute_child", "confidence": 0.2},
        {"name": "acute_need", "confidence": 0.15},
        {"name": "greet", "confidence": 0.05},
    ]

    def test_dangers_are_weighed_together(self) -> None:
        first, *rest = _danger_first(self.RANKING, "acute_", 0.3, is_short=False)
        assert first == {"name": "acute_child", "confidence": 1.0}
        assert {guess["confidence"] for guess in rest} == {0.0}

    def test_below_the_threshold_nothing_changes(self) -> None:
        assert _danger_first(self.RANKING, "acute_", 0.4, is_short=False) == self.RANKING

    def test_without_a_prefix_nothing_changes(self) -> None:
        assert _danger_first(self.RANKING, None, 0.0, is_short=True) == self.RANKING

    def test_a_few_words_below_the_threshold_mean_no_danger(self) -> None:
        likely = [{"name": "acute_child", "confidence": 0.5}, *self.RANKING[:1]]
        first, *rest = _danger_first(likely, "acute_", 0.6, is_short=True)
        assert first["name"] == "complain"
        assert rest == [{"name": "acute_child", "confidence": 0.0}]


if __name__ == "__main__":
    unittest.main()
