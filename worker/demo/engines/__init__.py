"""Ways to get a Zeebe gateway running on this machine; `worker.demo.broker` chooses among them."""
