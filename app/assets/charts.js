// Charts: loaded on pages that have some.
