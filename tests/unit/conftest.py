"""How much of what is possible the unit tests try: they run after every change."""

from hypothesis import settings

# Where more is worth its time a test says so, or stands in tests/exactness. No deadline: how long
# an example takes on a busy machine says nothing of the code.
settings.register_profile("unit", deadline=None, max_examples=40)
settings.load_profile("unit")
