"""What reads the documents of a case? The files that say how, and the actor that does it."""
