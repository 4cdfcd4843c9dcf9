"""What stands on the counter: printers, scanners, card readers."""
