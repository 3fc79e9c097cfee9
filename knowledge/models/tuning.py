"""Tunes the grafted model on our own text: translations agree, questions find their subject.

Only two things are learned, both small enough to ship: the input rows of the tokens in our text, and a low-rank
change of the body's matrices.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from knowledge.models.augment import vary
from knowledge.models.corpus import Corpus, Labelled

RANK = 16
ROW_RATE, BODY_RATE = 6e-4, 8e-4
PAIRS_A_STEP = 24
OUTSIDE_A_STEP = 12
QUESTION_TOKENS, ANSWER_TOKENS, TEXT_TOKENS = 112, 64, 32
# Texts of about one length are read together: padding is work for nothing.
TOGETHER = 24
# How often a question is held against a passage; else against another question on the subject.
TEXT_SHARE = 0.5
SHARPNESS = 20.0
AGREEMENT = 3.0
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Tuned:
    """What tuning changed: the rows by token number, and the low-rank changes by parameter name."""

    row_numbers: np.ndarray[Any, Any]
    rows: np.ndarray[Any, Any]
    changes: dict[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]


class LowRank(nn.Module):
    """A frozen linear layer plus a small learned change."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Parameter(torch.randn(RANK, base.in_features) * 0.02)
        self.up = nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, x: Tensor) -> Tensor:
        """Add the change to what the frozen layer says."""
        changed: Tensor = self.base(x) + (x @ self.down.T) @ self.up.T
        return changed


class Encoder(nn.Module):
    """The transformer with its mean pooling."""

    def __init__(self, folder: Path, trainable: bool) -> None:
        super().__init__()
        from transformers import AutoModel, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        self.body = AutoModel.from_pretrained(str(folder), local_files_only=True)
        self.body.requires_grad_(False)
        self.layers: dict[str, LowRank] = {}
        if trainable:
            self.body.embeddings.word_embeddings.weight.requires_grad_(True)
            self._open_layers()

    def forward(self, texts: Sequence[str], length: int) -> Tensor:
        """Return one unit-length row per text."""
        ids = self.tokenizer(list(texts), truncation=True, max_length=length)["input_ids"]
        order = sorted(range(len(ids)), key=lambda n: len(ids[n]))
        rows = [
            self._read([ids[n] for n in order[at : at + TOGETHER]])
            for at in range(0, len(order), TOGETHER)
        ]
        places = torch.tensor(order).argsort()
        return F.normalize(torch.cat(rows)[places], dim=-1)

    def _read(self, ids: list[list[int]]) -> Tensor:
        batch = self.tokenizer.pad({"input_ids": ids}, return_tensors="pt")
        hidden = self.body(**batch).last_hidden_state.float()
        mask = batch["attention_mask"].unsqueeze(-1).float()
        mean: Tensor = (hidden * mask).sum(1) / mask.sum(1)
        return mean

    def _open_layers(self) -> None:
        for name, module in list(self.body.named_modules()):
            if isinstance(module, nn.Linear) and name.startswith("encoder."):
                parent = self.body.get_submodule(name.rpartition(".")[0])
                layer = LowRank(module)
                setattr(parent, name.rpartition(".")[2], layer)
                self.layers[name] = layer


def tune(
    corpus: Corpus,
    outside: Sequence[str],
    grafted: Path,
    base: Path,
    steps: int,
    seed: int = 11,
    progress: Progress | None = None,
) -> Tuned:
    """Learn for a number of steps; the same seed gives the same model on the same machine."""
    torch.manual_seed(seed)
    draw = random.Random(seed)  # noqa: S311 - reproducible sampling, nothing secret
    teacher = _teach(Encoder(base, trainable=False), corpus)
    student = Encoder(grafted, trainable=True)
    rows = student.body.embeddings.word_embeddings.weight
    start = rows.detach().clone()
    body = [p for layer in student.layers.values() for p in (layer.down, layer.up)]
    optimizer = torch.optim.AdamW(
        [{"params": [rows], "lr": ROW_RATE}, {"params": body, "lr": BODY_RATE}], weight_decay=0.0
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [ROW_RATE, BODY_RATE], total_steps=steps, pct_start=0.1
    )
    sampler = _Sampler(corpus, outside, draw)
    for step in range(steps):
        loss = _loss(student, teacher, sampler)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([rows, *body], 1.0)
        optimizer.step()
        schedule.step()
        if progress and (step + 1) % 10 == 0:
            progress(step + 1, steps)
    return _result(student, start)


class _Sampler:
    """Draws what one step learns from: one question and one text of every subject, and some pairs."""

    def __init__(self, corpus: Corpus, outside: Sequence[str], draw: random.Random) -> None:
        self.corpus, self.outside, self.draw = corpus, list(outside), draw
        self._asked, self._texts = _by_subject(corpus.labelled)

    def questions(self) -> tuple[list[str], list[str]]:
        """Draw a question and an answer for each subject."""
        asked, texts = [], []
        for subject in sorted(self._asked):
            question = self.draw.choice(self._asked[subject])
            around = self.corpus.filler.get(question.lang, ())
            spoken = self.corpus.spoken if question.lang == "da" else None
            asked.append(vary(question.text, self.draw, around, spoken))
            pool = self._texts if self.draw.random() < TEXT_SHARE else self._asked
            texts.append(self.draw.choice(pool[subject]).text)
        return asked, texts

    def outsiders(self) -> list[str]:
        """Draw questions that belong to no subject."""
        return self.draw.sample(self.outside, min(OUTSIDE_A_STEP, len(self.outside)))

    def pairs(self) -> list[int]:
        """Draw translations by number."""
        return self.draw.sample(range(len(self.corpus.pairs)), PAIRS_A_STEP)


def _loss(student: Encoder, teacher: Tensor, sampler: _Sampler) -> Tensor:
    asked, texts = sampler.questions()
    questions = student(asked, QUESTION_TOKENS)
    answers = student([*texts, *sampler.outsiders()], ANSWER_TOKENS)
    right = torch.arange(len(asked))
    scores = SHARPNESS * questions @ answers.T
    found = F.cross_entropy(scores, right) + F.cross_entropy(scores[:, : len(asked)].T, right)
    numbers = sampler.pairs()
    pairs = [sampler.corpus.pairs[n] for n in numbers]
    said = student([p.danish for p in pairs] + [p.english for p in pairs], TEXT_TOKENS)
    meant = teacher[numbers].repeat(2, 1)
    agreement = (1 - (said * meant).sum(-1)).mean()
    same = F.cross_entropy(
        SHARPNESS * said[: len(pairs)] @ meant[: len(pairs)].T, torch.arange(len(pairs))
    )
    total: Tensor = found + AGREEMENT * agreement + same
    return total


@torch.no_grad()
def _teach(teacher: Encoder, corpus: Corpus) -> Tensor:
    """Let the English model read the English side once."""
    order = sorted(range(len(corpus.pairs)), key=lambda n: len(corpus.pairs[n].english))
    rows = torch.zeros(len(order), teacher.body.config.hidden_size)
    for at in range(0, len(order), 64):
        part = order[at : at + 64]
        rows[part] = teacher([corpus.pairs[n].english for n in part], TEXT_TOKENS)
    return rows


def _by_subject(
    items: Sequence[Labelled],
) -> tuple[dict[str, list[Labelled]], dict[str, list[Labelled]]]:
    asked: dict[str, list[Labelled]] = {}
    texts: dict[str, list[Labelled]] = {}
    for item in items:
        (asked if item.asked else texts).setdefault(item.subject, []).append(item)
    return asked, texts


def _result(student: Encoder, start: Tensor) -> Tuned:
    rows = student.body.embeddings.word_embeddings.weight.detach()
    moved = torch.nonzero((rows - start).abs().amax(1) > 1e-4).squeeze(1)
    changes = {
        f"{name}.weight": (layer.up.detach().numpy(), layer.down.detach().numpy())
        for name, layer in student.layers.items()
    }
    return Tuned(moved.numpy(), rows[moved].numpy(), changes)
