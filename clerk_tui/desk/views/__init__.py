"""What the desk answers: frozen, complete, safe to hand to another thread. Standard library only."""
