"""The start page's tables and charts: what is counted, what was reported, and what is known of neither."""
