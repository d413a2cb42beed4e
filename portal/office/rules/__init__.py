"""Rules with dates: what holds, what held, what is planned; a new version by an administrator."""
