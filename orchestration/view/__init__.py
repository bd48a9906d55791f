"""What may pages, API and exports know of the engine? What stands in this package, and `engine.commands`.

The one door from casework to the engine (an import contract holds it). Each module is about one subject: `models` what
the nodes of models are, `state` where a case stands, `planning` what may be added, `decisions` how tables are read,
judged and edited, `events` what can have happened. Nothing is decided here.
"""
