"""What a person hands to somebody else: a statement of an outage."""
