"""By when must something be done, and why then?

Deadlines of law: pure, without clock, database or case. See `reckoning`.
"""
