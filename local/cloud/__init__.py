"""The local cloud: the emulator, the real stack in it, sample data, and the LINE simulator."""
