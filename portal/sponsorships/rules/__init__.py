"""Who fits whom, in which order, for how long. No clock, no database."""
