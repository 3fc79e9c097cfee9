"""A word-piece vocabulary for Danish on top of the English one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

UNKNOWN, START, END, PAD, MASK = "[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"
TAIL = "##"
PIECES = 5000
# A word must stand this often to become the tail of compounds; shorter ones split words at random.
TAIL_COUNT, TAIL_LENGTH = 3, 4


def normalizer() -> normalizers.Normalizer:
    """Fold case and spelling: æ, ø and å become what people write without Danish keys."""
    return normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.Lowercase(),
            normalizers.Replace("æ", "ae"),
            normalizers.Replace("ø", "oe"),
            normalizers.Replace("å", "aa"),
            normalizers.BertNormalizer(strip_accents=True, lowercase=True),
        ]
    )


def folded_words(text: str) -> list[str]:
    """Return the words of a text as the vocabulary spells them."""
    cut = pre_tokenizers.BertPreTokenizer().pre_tokenize_str(normalizer().normalize_str(text))
    return [word for word, _ in cut if word.isalpha()]


def new_tokens(danish: Iterable[str], known: Sequence[str]) -> list[str]:
    """Return the Danish words, pieces and compound tails that the known vocabulary lacks."""
    texts = list(danish)
    counts = Counter(word for text in texts for word in folded_words(text))
    tails = [
        TAIL + word
        for word, count in counts.items()
        if count >= TAIL_COUNT and len(word) >= TAIL_LENGTH
    ]
    candidates = [*sorted(counts), *sorted(tails), *sorted(_pieces(texts))]
    present = set(known)
    return [token for token in dict.fromkeys(candidates) if token not in present]


def build_tokenizer(tokens: Sequence[str], length: int = 192) -> Tokenizer:
    """Make a tokenizer of the vocabulary, in the shape BERT models expect."""
    ids = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token=UNKNOWN, max_input_chars_per_word=60))
    tokenizer.normalizer = normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix=TAIL)
    tokenizer.post_processor = processors.BertProcessing((END, ids[END]), (START, ids[START]))
    tokenizer.enable_truncation(length)
    tokenizer.enable_padding(pad_id=ids[PAD], pad_token=PAD)
    return tokenizer


def _pieces(texts: Sequence[str]) -> list[str]:
    trained = Tokenizer(models.WordPiece(unk_token=UNKNOWN))
    trained.normalizer = normalizer()
    trained.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=PIECES,
        special_tokens=[UNKNOWN],
        continuing_subword_prefix=TAIL,
        show_progress=False,
    )
    trained.train_from_iterator(texts, trainer)
    return [token for token in trained.get_vocab() if token != UNKNOWN]
