"""Who hears of a run: people when a feed's state changes, a watch that waits for pings, and Prometheus."""

from rotor_import.monitoring.ending import Ending
from rotor_import.monitoring.job import Job
from rotor_import.monitoring.watch import Listeners, Watch

__all__ = ["Ending", "Job", "Listeners", "Watch"]
