"""The batch channel: sealing, opening, transports, applying, acknowledging."""
