"""Coming in and proving who one is: forms, links out of letters, codes, passkeys, providers; and signing out."""
