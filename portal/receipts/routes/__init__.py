"""The pages of donors and of whoever holds a receipt."""
