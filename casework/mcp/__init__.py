"""How do assistants and agents outside work here, as the person whose token they carry?

By the Model Context Protocol (revision 2026-07-28, and those before it): each tool is one call of the API.
"""
