"""Running the checks: what may be contacted, what runs when, and what it comes to."""
