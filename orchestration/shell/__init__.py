"""How does a command reach a case, and what is written and said after it?"""
