"""Texts as numbers: a twentieth of the memory, and sooner compared."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Codes = NDArray[np.int32]


def codes(texts: pa.ChunkedArray) -> Codes:
    """By row a number that stands for its text, from 0 on; null has a number of its own.

    >>> codes(pa.chunked_array([["a", "b"], ["a", None]])).tolist()
    [0, 1, 0, 2]
    """
    encoded = texts.dictionary_encode("encode").combine_chunks()
    numbers: Codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy()
    return numbers
