"""A result as text: `terminal`, `json`, `nagios`, `prometheus`, `ticket`; `read` is the way back.

Each format is one file with one `render`. Nothing here measures, judges or opens a socket.
"""
