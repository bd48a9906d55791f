"""Which systems can the demo work with, beside the stand-ins of `make run`? Each in a process of its own.

`make demo-systems` starts them. An ERP: Tryton (GPL-3, spoken to over HTTP, never imported) on a PostgreSQL of its own.
A payment provider: localstripe (GPL-3, likewise), which follows Stripe's API.
Where there was no real one to try (`alone`), one stand-in by itself.
"""
