CERT_EXPIRY OK - www.example.com:443: certificate expires in 59 days (2027-01-29) | days=59.999;22.5:;10.8:;0;90 lifetime=66.667%;;;0 chain_days=900;;;0 time=0.034s;;;0
[OK] leaf: certificate is valid for www.example.com (cert.name)
[OK] leaf: certificate expires in 59 days (2027-01-29) (cert.expiry)
[OK] intermediate 1: certificate expires in 900 days (2029-05-19) (cert.expiry)
