"""Paper: what an act issued, as text and as a page to print. Knows facts and templates, never the store."""
