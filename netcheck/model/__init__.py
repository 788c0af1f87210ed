"""The nouns of netcheck: frozen, typed, free of I/O. Imports nothing of ours."""
