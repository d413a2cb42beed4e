"""Photos: taken in without their metadata, approved by a person, shown while consent holds."""
