"""How do plain words become a draft of a case type?

A language model, or a person, gives an outline: stages, steps, who does them, under which conditions. All else follows
from it by pure functions: models with their pictures, rules, schema, forms and scenarios, and what every check and
scenario says of them. Nothing here deploys anything.
"""
