"""`make bench`: how long typed words take to be read, beside looking for each phrase alone.

Prints a table; asserts that both find something, never times.
"""

import json
import time

from ess.domain.lexicon import phrases_of, read_lexicon
from ess.domain.plain_text import plain_text
from ess.domain.understanding import understand
from ess.messages import catalogue
from tools.utterances import HELD_OUT, UTTERANCES

ROUNDS = 3


def best_ms(do, texts):
    """Processor time for one text in milliseconds, best of `ROUNDS`, and how many gave anything."""
    best, found = float("inf"), 0
    for _ in range(ROUNDS):
        start = time.process_time()
        found = sum(1 for text in texts if do(text))
        best = min(best, time.process_time() - start)
    return best * 1000 / len(texts), found


def test_what_it_costs_to_read_typed_words():
    table = catalogue.load("lexicon")
    start = time.process_time()
    words = read_lexicon(table)
    reading_ms = (time.process_time() - start) * 1000
    phrases = ["".join(plain_text(phrase).letters) for phrase in phrases_of(table)]

    def each_alone(text):
        letters = "".join(plain_text(text).letters)
        return [phrase for phrase in phrases if phrase in letters]

    rows = [row for path in (UTTERANCES, HELD_OUT) for row in json.loads(path.read_text("utf-8"))]
    texts = [row["text"] for row in rows]
    ours, ours_found = best_ms(lambda text: understand(text, words) != understand("", words), texts)
    empty, _ = best_ms(lambda _: understand("", words), texts)
    alone, alone_found = best_ms(each_alone, texts)
    print(f"\n  {len(phrases):,} phrases, {len(texts):,} texts, processor time")
    print(f"  {'the lexicon, once in a process':<44}{reading_ms:>9.1f} ms")
    print(f"  {'a text understood':<44}{ours - empty:>9.3f} ms")
    print(f"  {'every phrase looked for alone, not weighed':<44}{alone:>9.3f} ms")
    assert ours_found > len(texts) / 2
    assert alone_found > len(texts) / 2
