"""Who is a customer, and where does their money go?

What a review of a customer reckons with (KYC, AML): pure, without clock, database or case. See `names` and `flows`.
"""
