from worker.azure import AzureOptions


def test_hides_proxy_passwords() -> None:
    """A proxy's URL may hold a password, so options do not print it."""
    options = AzureOptions(https_proxy="http://me:hunter2@proxy:3128", http_proxy="http://me:hunter2@proxy:3128")

    assert "hunter2" not in repr(options)
