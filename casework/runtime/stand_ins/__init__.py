"""What do connectors and bots of the demo call? A program of its own that stands in for an order system, a payment
system, a policy system, a mail system, an old ledger of goodwill and the core system of a bank, and says so in each
answer.

Standard library only: it takes some 20 MB. It can be made to fail at `/faults`.
"""
