"""The edge: the only code that knows Binance's wire.

server -> app -> rest (and the WebSocket doors) -> caller, weights, wire.parameters -> handlers ->
wire renders.

endpoints.py is the table: one row per endpoint says its path, weight, security, source, handler
and parameters. A handler takes what the transport made of a request and gives an answer; it knows
no transport.
"""
