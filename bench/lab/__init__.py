"""The laboratory's parts; bench/laboratory starts them."""
