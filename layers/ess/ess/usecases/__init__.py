"""One verb a module: what the functions do, in terms of ports."""
