"""How money is written into the books: chart, journals, balanced entries."""
