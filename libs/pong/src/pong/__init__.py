"""Pong in whole numbers: the rules, the computer opponent and the input log. Standard library only.

`pong.engine` advances a match tick by tick, `pong.ai` chooses the computer's keys, `pong.log` replays a recorded match.
The browser's scripts have a twin of the same name for each: the same code in JavaScript.
"""
