"""What a clerk does: one function is one act, one transaction, one journal event (or a few)."""
