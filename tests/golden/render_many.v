CERT_EXPIRY CRITICAL - 3 of 7 critical, 1 warning, 2 unknown: c.example:443: certificate expired 3 days ago (1 bad line in targets.txt) | targets=7;;;0 ok=1;;;0;7 warning=1;;;0;7 critical=3;;;0;7 unknown=2;;;0;7 days_min=-3;22.5:;10.8:;0;90 time=1.042s;;;0
[CRITICAL] c.example:443: leaf: certificate expired 3 days ago (cert.expiry)
[CRITICAL] d.example:25: connect to 192.0.2.9: Connection refused (net.connect)
[CRITICAL] a.example:443: leaf: certificate expires in 5 days (cert.expiry)
[WARNING] b.example:443: leaf: certificate expires in 20 days (cert.expiry)
[UNKNOWN] /etc/ssl/x.pem: Permission denied (file.read)
[UNKNOWN] /etc/ssl/y.pem: nothing was checked
[OK] a.example:443: leaf: certificate expires in 60 days (cert.expiry)
