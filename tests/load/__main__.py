"""Which load is asked for? `live`: many open pages on one web process. `scale`: more processes, more work."""

from __future__ import annotations

import argparse

from tests.load import live, scale

MOST = 2000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    loads = parser.add_subparsers(dest="load", required=True)
    asked = loads.add_parser("live", help="open inboxes and case pages, and what an event costs them")
    asked.add_argument("--inboxes", type=int, default=500)
    asked.add_argument("--cases", type=int, default=200)
    asked.add_argument("--quiet", type=float, default=15, help="seconds in which nothing happens")
    more = loads.add_parser("scale", help="two web and three worker processes against one of each")
    more.add_argument("--cases", type=int, default=5000)
    options = parser.parse_args()
    if options.load == "scale":
        scale.run(min(options.cases, 100_000))
        return
    if options.inboxes + options.cases > MOST:
        parser.error(f"at most {MOST} pages: this is one machine")
    live.run(options.inboxes, options.cases, min(options.quiet, 120))


if __name__ == "__main__":
    main()
