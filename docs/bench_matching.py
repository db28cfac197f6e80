"""The outside check of the image search: FAISS on the same hashes finds the same matches, and takes so long.

    pip install faiss-cpu
    cargo run --release -p mirrorlake-signals --example bench_matching -- 10000000 1000000 2 even DIR
    python docs/bench_matching.py DIR [QUERIES_OF_THE_FLAT_INDEX [QUERIES_OF_THE_MULTI_HASH]]

Only the first so many queries are asked, since all of them would take hours; the times are scaled up.
"""

import sys
import time

import faiss
import numpy

WITHIN = 31
THREADS = 2

folder = sys.argv[1]
asked = [int(text) for text in sys.argv[2:]] + [20_000, 100_000][len(sys.argv) - 2 :]
references = numpy.fromfile(f"{folder}/references.bin", dtype=numpy.uint8).reshape(-1, 32)
queries = numpy.fromfile(f"{folder}/queries.bin", dtype=numpy.uint8).reshape(-1, 32)
matches = numpy.fromfile(f"{folder}/matches.bin", dtype=numpy.uint32).reshape(-1, 3)
faiss.omp_set_num_threads(THREADS)


def multi_hash():
    """Exact: of eleven parts one differs in at most two bits."""
    index = faiss.IndexBinaryMultiHash(256, 11, 23)
    index.nflip = 2
    return index


differ = False
flat = faiss.IndexBinaryFlat(256)
for name, index, n in [("IndexBinaryFlat", flat, asked[0]), ("IndexBinaryMultiHash", multi_hash(), asked[1])]:
    n = min(n, len(queries))
    start = time.time()
    index.add(references)
    added = time.time() - start
    start = time.time()
    # FAISS takes what is nearer than the radius.
    limits, distances, labels = index.range_search(queries[:n], WITHIN + 1)
    took = time.time() - start
    asking = numpy.repeat(numpy.arange(n), numpy.diff(limits.astype(numpy.int64)))
    found = numpy.stack([asking, labels, distances.astype(numpy.int64)], axis=1)
    found = found[numpy.lexsort((found[:, 1], found[:, 0]))]
    ours = matches[matches[:, 0] < n].astype(numpy.int64)
    same = numpy.array_equal(found, ours)
    differ |= not same
    print(
        f"{name}: {n} of {len(queries)} queries, {len(references)} references, {THREADS} threads: "
        f"{took:.1f} s and {added:.1f} s to add; all queries {took * len(queries) / n + added:.0f} s; "
        f"{len(found)} matches, {'the same' if same else f'not the same {len(ours)}'}"
    )
sys.exit(differ)
