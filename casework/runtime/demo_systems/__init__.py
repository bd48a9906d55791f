"""Which real systems can the demo work with, beside its stand-ins? Each in an environment and process of its own.

`make demo-systems` starts them. An ERP: Tryton (GPL-3, spoken to over HTTP, never imported) on a PostgreSQL of its own.
A payment provider: localstripe (GPL-3, likewise), which follows Stripe's API.
"""
