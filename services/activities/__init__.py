"""Activities: what is on, who takes part, attendance, reminders."""
