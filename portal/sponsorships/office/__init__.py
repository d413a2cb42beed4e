"""The pages of the head office: the matching board and the sponsorships."""
