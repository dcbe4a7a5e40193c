"""echoloop keeps image-model benchmarks level with image models.

Nothing is imported here: each room is imported by name (`from echoloop.judge import ...`).
"""

__version__ = "0.1.0"
