"""Is somebody on a list of names? The kind `watchlist`: its versions are the list."""
