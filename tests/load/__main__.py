"""Which load is asked for? `python -m tests.load live`: many open pages on one web process."""

from __future__ import annotations

import argparse

from tests.load import live

MOST = 2000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    loads = parser.add_subparsers(dest="load", required=True)
    asked = loads.add_parser("live", help="open inboxes and case pages, and what an event costs them")
    asked.add_argument("--inboxes", type=int, default=500)
    asked.add_argument("--cases", type=int, default=200)
    asked.add_argument("--quiet", type=float, default=15, help="seconds in which nothing happens")
    options = parser.parse_args()
    if options.inboxes + options.cases > MOST:
        parser.error(f"at most {MOST} pages: this is one machine")
    live.run(options.inboxes, options.cases, min(options.quiet, 120))


if __name__ == "__main__":
    main()
