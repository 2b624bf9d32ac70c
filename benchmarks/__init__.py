"""
The worker side by side with what else could do its work, in one run on one machine.

    doubles/      a gateway and an Azure OpenAI, each a process of its own and cheaper than anything that is measured
    clients/      the forty lines of pyzeebe and httpx, and the floor: bare gRPC stubs and a bare HTTP client
    contenders    how each of them is started, and what its jobs look like
    camunda       Camunda's connector runtime, put together from Maven Central
    cells         which loads are measured
    bout          one contender under one load
    rounds        all of them, interleaved, and the medians
    table, aims   what is printed, and what of it was aimed at
    zeebe         the same contenders before a real broker
"""
