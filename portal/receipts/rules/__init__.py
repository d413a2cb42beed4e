"""The pure rules of tax receipts: what a receipt says, in figures and in words, and to whom."""
