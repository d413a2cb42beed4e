"""What accountants send."""
