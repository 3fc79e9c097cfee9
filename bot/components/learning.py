"""Learns what each run of letters or words says for an intent; needs scikit-learn, as reading does not."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Sequence, Text

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.components.ngrams import analyzers


class Learnt(NamedTuple):
    """What a reader needs: intents, n-grams and what they weigh, by kind of n-gram."""

    intents: List[Text]
    vocabularies: List[Dict[Text, int]]
    idf: List[NDArray[np.float32]]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


def learn(texts: Sequence[Text], meant: Sequence[Text], config: Dict[Text, Any]) -> Learnt:
    """Linear support vector machines, one for each intent, over TF-IDF; the same input gives the same numbers."""
    vectorizers = [
        TfidfVectorizer(analyzer=analyze, sublinear_tf=True, dtype=np.float32, min_df=config[least])
        for analyze, least in zip(analyzers(config), ("char_least", "word_least"), strict=True)
    ]
    chars, terms = (vectorizer.fit_transform(texts) for vectorizer in vectorizers)
    machines = LinearSVC(C=config["regularisation"], tol=1e-2, random_state=0)
    machines.fit(hstack([chars, terms * config["word_weight"]], format="csr"), meant)
    return Learnt(
        [str(label) for label in machines.classes_],
        [{term: int(place) for term, place in sorted(v.vocabulary_.items())} for v in vectorizers],
        [v.idf_ for v in vectorizers],
        machines.coef_.astype(np.float32),
        machines.intercept_.astype(np.float32),
    )
