"""A LINE platform on the developer's desk: its wire format both ways, and phones in a browser.

The bot under test talks to it exactly as to ``https://api.line.me``; people and tests drive it
through ``/_sim/`` (see ``README.md`` beside this file).
"""
