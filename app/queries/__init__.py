"""Floor 3: functions that return statements, so that what they find can be counted, paged and exported."""
