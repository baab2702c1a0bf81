"""Bills: accounts, charges, taxes, making, paying, and what is shown of them."""
