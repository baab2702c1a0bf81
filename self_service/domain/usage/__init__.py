"""Usage: records come in, are rated against allowances and tariffs, counted, and handed over.

`intake` takes records, `course` rates what waits, `charging` tells bills and wallets; screens read
`meters`, `daily` and `records`.
"""
