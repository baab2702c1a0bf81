"""Who somebody is: accounts, details checked as their country demands, passwords."""
