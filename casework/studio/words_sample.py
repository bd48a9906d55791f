"""With what does somebody begin who writes an outline by hand? A small one that passes every check."""

from __future__ import annotations

from typing import Final

SAMPLE: Final = """\
name: Equipment request
goal: Who asked has the equipment, or knows why not.
kind: process            # or case: people also choose what they do
opened_by: Staff
fields:
  - {name: what, label: What is needed, at_start: true}
  - {name: price, kind: money, label: Price, at_start: true}
  - {name: route, kind: choice, choices: [order, ask], label: Route}
  - {name: verdict, kind: choice, choices: ["yes", "no"], label: Is it bought}
  - {name: order_number, label: Order number}
stages:
  - name: Decide
    steps:
      - name: Choose the route
        kind: rule
        gives: [route]
        rows:
          - {when: [{field: price, is: more than, value: "500"}], gives: ask}
          - {gives: order}
      - name: Ask the lead
        who: Leads
        when: [{field: route, is: equal to, value: ask}]
        reads: [what, price]
        gives: [verdict]
        due_days: 2
  - name: Buy
    when: [{field: verdict, is: not equal to, value: "no"}]
    steps:
      - {name: Order it, who: Purchasing, reads: [what, price], gives: [order_number], due_days: 3}
deadline_days: 10
examples:
  - name: something cheap is ordered
    values:
      - {field: what, value: A mouse}
      - {field: price, value: "20"}
      - {field: route, value: order}
      - {field: order_number, value: B-1}
    steps: [Choose the route, Order it]
  - name: something dear is refused
    values:
      - {field: what, value: A server}
      - {field: price, value: "9000"}
      - {field: route, value: ask}
      - {field: verdict, value: "no"}
    steps: [Choose the route, Ask the lead]
"""
