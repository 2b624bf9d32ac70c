"""
Several processes behind one command, for more than one core.

One process of Python uses one core. This one starts as many workers as are wanted, each with its share of what the
operator allows, starts anew what has died, hands signals on, and answers for all of them at the management port.
"""

from worker.processes.start import begin

__all__ = ["begin"]
