"""Files that leave the house, and the auditor's export that joins receipts to books."""
