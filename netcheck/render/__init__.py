"""A result as text: `terminal`, `json`, `nagios`, `prometheus`, `ticket`, and `management` for what
looks after many devices; `read` is the way back.

Each format is one file with one `render`. Nothing here measures, judges or opens a socket.
"""
