"""FIX 4.4 in the manner of Binance: order entry, drop copy and market data, each on its own port.

framing -> session -> order_entry | drop_copy | market_data -> the rows of the endpoint table.

No rule is written twice: tags become the texts of a REST request (orders.py), and what happens
to orders comes from the reports of the user stream (reports.py).
"""
