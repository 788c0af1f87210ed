"""The only room that opens measurement sockets.

Network failures come back as values (`Failure`), never as exceptions; an exception out of this
room is a defect of netcheck. Every blocking call has a total deadline. Every packet is counted.
"""
