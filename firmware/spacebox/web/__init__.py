"""The doors to the network: pages, commands, events and offers over HTTP."""
