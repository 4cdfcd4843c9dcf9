#!/usr/bin/env python3
"""The time of a notice as PDF, after the first: facts to bytes, each with another applicant.

    python tests/bench/papers.py [--notices 100] [--kind one_time_notice] [--variant plain] [--max-p95 300]

The first one loads fonts and is shown apart. The bar is 300 ms at the 95th percentile; above it the exit status is 1.
`CLERK_TUI_TEST_NOTICES=500 pytest tests/documents/test_pdf.py -k many_notices` holds memory over 500 in a row.
"""

import argparse
import statistics
import sys
import time

from clerk_tui.documents.check import CODE, sample_facts
from clerk_tui.documents.paper import prepare
from clerk_tui.documents.pdf import pdf_of
from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.papers import PaperKind


def render(kind: PaperKind, variant: PaperVariant, number: int) -> float:
    """Milliseconds from facts to bytes."""
    facts = {**sample_facts(kind), "applicant": f"陈{number:05d}"}
    began = time.perf_counter()
    pdf_of(prepare(kind, f"示例[2026]SQ01-{number}号", CODE, facts, variant=variant))
    return (time.perf_counter() - began) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notices", type=int, default=100)
    parser.add_argument("--kind", choices=[kind.value for kind in PaperKind], default="one_time_notice")
    parser.add_argument("--variant", choices=[variant.value for variant in PaperVariant], default="plain")
    parser.add_argument("--max-p95", type=float, default=300.0, metavar="MS")
    options = parser.parse_args()
    kind, variant = PaperKind(options.kind), PaperVariant(options.variant)
    first = render(kind, variant, 0)
    times = sorted(render(kind, variant, number) for number in range(1, options.notices + 1))
    p95 = times[max(0, round(len(times) * 0.95) - 1)]
    print(
        f"{kind.value} {variant.value}: first {first:.0f} ms; then {len(times)}: "
        f"median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, worst {times[-1]:.0f} ms"
    )
    return 0 if p95 < options.max_p95 else 1


if __name__ == "__main__":
    sys.exit(main())
