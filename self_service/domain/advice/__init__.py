"""Which plan would have cost least for what somebody used, by the rules that bills follow."""
