"""Which load is asked for? `live`: many open pages on one web process. `scale`: more processes, more work. `event`: how
soon a case moves that another system tells of something. `analysts`: a whole department at work."""

from __future__ import annotations

import argparse

from tests.load import analysts, event, live, scale

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
    told = loads.add_parser("event", help="from a signed event over HTTP to the case's next step")
    told.add_argument("--events", type=int, default=100)
    desk = loads.add_parser("analysts", help="people who take tasks, type answers, comment and finish, all at once")
    desk.add_argument("--analysts", type=int, default=200)
    desk.add_argument("--browsers", type=int, default=5, help="so many of them in a real browser")
    desk.add_argument("--seconds", type=float, default=180)
    desk.add_argument("--pace", type=float, default=20, help="seconds from one act of a person to the next")
    options = parser.parse_args()
    if options.load == "analysts":
        many = max(1, min(options.analysts, 500))
        analysts.run(many, min(options.browsers, many, 10), min(options.seconds, 1800), max(options.pace, 1))
        return
    if options.load == "event":
        event.run(min(options.events, 10_000))
        return
    if options.load == "scale":
        scale.run(min(options.cases, 100_000))
        return
    if options.inboxes + options.cases > MOST:
        parser.error(f"at most {MOST} pages: this is one machine")
    live.run(options.inboxes, options.cases, min(options.quiet, 120))


if __name__ == "__main__":
    main()
