"""Friends: who they are, who is here, who has asked."""
