AUTOSSL_QUEUE CRITICAL - whm.example.com:2087: gone.example (bob) expired 3 h ago; 1 overdue, 1 self-signed, of 5 AutoSSL certificates, 1 more problem | vhosts=8;;;0 expired=1;;;0 min_days=-0.125;22.5:;10.8:;0;90 last_run_age=10800s;;;0
[CRITICAL] bob/gone.example: expired 3 h ago: no pending order, no problem recorded; start AutoSSL for the account and read the log of that run (autossl.expired)
[WARNING] bob/late.example: expires in 20 days, renewal has been due for 9 days (autossl.overdue)
[WARNING] evil: has a self-signed certificate (autossl.self_signed)
[WARNING] new terms of service (autossl.terms)
[OK] 8 websites read in 9 calls (api.answer)
