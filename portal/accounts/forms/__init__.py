"""What people type: about themselves, to enter, about colleagues."""
