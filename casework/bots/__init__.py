"""How does a bot type into a system that has no interface for programs?

An outside worker (`casework.worker_client`) that follows a script: in a web form with a real browser, or on the screens
of a mainframe by a terminal.
"""
