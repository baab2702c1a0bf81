"""Vouchers: codes, batches, redeeming, and selling them one by one."""
