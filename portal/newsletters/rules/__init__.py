"""What an issue says, as plain values."""
