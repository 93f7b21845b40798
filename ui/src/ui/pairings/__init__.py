"""One pairing of a tournament: its match call, the ready check, and hotseat play."""
