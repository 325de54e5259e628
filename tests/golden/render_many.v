CERT_EXPIRY CRITICAL - 3 of 6 critical, 1 warning, 1 unknown: c.example:443: certificate expired 3 days ago (1 bad line in targets.txt) | targets=6;;;0 ok=1;;;0;6 warning=1;;;0;6 critical=3;;;0;6 unknown=1;;;0;6 days_min=-3;22.5:;10.8:;0;90 time=1.042s;;;0
[CRITICAL] c.example:443: leaf: certificate expired 3 days ago (cert.expiry)
[CRITICAL] d.example:25: connect to 192.0.2.9: Connection refused (net.connect)
[CRITICAL] a.example:443: leaf: certificate expires in 5 days (cert.expiry)
[WARNING] b.example:443: leaf: certificate expires in 20 days (cert.expiry)
[UNKNOWN] /etc/ssl/x.pem: Permission denied (file.read)
[OK] a.example:443: leaf: certificate expires in 60 days (cert.expiry)
