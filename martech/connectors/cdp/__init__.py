"""The common tracking protocol, as Segment's and RudderStack's clients speak it: pure reading, no table, no HTTP.

`bodies` opens a request's body, `events` checks what is in it, `moments` sets clocks right, `traits` and `journeys` turn
an event into what we know of a person and into a touch.
"""
