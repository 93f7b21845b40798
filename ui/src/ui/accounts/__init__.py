"""Registration, sign-in, reauthentication and sign-out: forms, email links, codes, passkeys and providers."""
