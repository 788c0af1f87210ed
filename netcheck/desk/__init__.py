"""What a person hands to somebody else: a bundle for a help-desk, a statement of an outage."""
