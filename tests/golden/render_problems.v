CERT_EXPIRY CRITICAL - xn--mnchen-3ya.de:8443: certificate is not valid for xn--mnchen-3ya.de, 3 more problems, as of 2026-12-01T00:00:00Z | days=20.5;22.5:;10.8:;0;90 time=1.234s;;;0
[CRITICAL] leaf: certificate is not valid for xn--mnchen-3ya.de (cert.name)
[CRITICAL] intermediate 1: certificate expired 3 days ago (2026-11-28) (cert.expiry)
[WARNING] leaf: certificate expires in 20 days (2026-12-21), warning below 22.5 days (cert.expiry)
[WARNING] certificates are not sent in order (chain.order)
[OK] leaf: ECDSA P-256 (key.weak)
