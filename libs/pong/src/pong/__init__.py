"""Pong as integers: the rules, the computer opponent and the input log. Standard library only.

`pong.engine` moves a match tick by tick, `pong.ai` presses keys for the computer, `pong.log` turns
a recorded match back into its result. The browser's scripts hold a twin of the same name for each.
"""
