"""netcheck: is the fault on my side or on the carrier's, how sure are we, what can I do now?"""

__version__ = "0.1.0"
