"""The floor that knows no domain: values, text, workbooks, clock, database, mail, queue."""
