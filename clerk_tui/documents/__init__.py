"""Paper: the notices and receipts that the law asks for, rendered from their facts."""
